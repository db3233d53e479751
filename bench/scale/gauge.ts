/**
 * What is measured in the process of a monitor, and how. A round begins with its heartbeat, so the instants of heartbeats
 * are those of rounds: they are taken where the monitor hands them to a connection, before anything is sent.
 *
 * Lateness is held against a grid of the interval through the earliest start of each cluster. A loop that waits for an
 * interval after each start is late by more each round, and shows it here.
 *
 * @module
 */
import type { Databases, DatabaseServer } from '../../lib/ports/database.ts';
import type { StateStore } from '../../lib/ports/state.ts';
import { latenessOf } from './lateness.ts';

export interface Figures {
  readonly clusters: number;
  readonly seconds: number;
  readonly rounds: number;
  /** Of the starts of rounds, sorted, in milliseconds. */
  readonly latenessMs: readonly number[];
  /** Between two starts of one cluster, less the interval, sorted, in milliseconds: what a loop without a grid hides. */
  readonly gapMs: readonly number[];
  /** The most that the process ever had, in bytes. */
  readonly maxRssBytes: number;
  /** Processor time of the window, user and system, in seconds. */
  readonly processorSeconds: number;
  readonly connections: number;
  /** Connections made within the window: none, when all is well. */
  readonly reconnects: number;
  /** Calls of the table within the window, by name. */
  readonly calls: Readonly<Record<string, number>>;
  /** Rounds that were left out within the window, as the one before them took too long: none, when all is well. */
  readonly skipped: number;
  /** Lines logged within the window, and the first of them: none, when all is well. */
  readonly lines: number;
  readonly firstLines: readonly string[];
}

const SHOWN_LINES = 3;

export class Gauge {
  readonly #intervalMs: number;
  /** Instants of the rounds of each cluster within the window, by the address of its primary. */
  readonly #starts = new Map<string, number[]>();
  readonly #calls: Record<string, number> = {};
  #measures = false;
  #beganAtMs = 0;
  #processor = process.cpuUsage();
  #connections = 0;
  #reconnects = 0;
  #skipped = 0;
  #lines: string[] = [];
  #lineCount = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  begin(): void {
    this.#measures = true;
    this.#beganAtMs = performance.now();
    this.#processor = process.cpuUsage();
  }

  async end(): Promise<Figures> {
    const { user, system } = process.cpuUsage(this.#processor);
    this.#measures = false;
    const starts = [...this.#starts.values()];
    const { latenessMs, gapMs } = latenessOf(starts, this.#intervalMs);
    return {
      clusters: starts.length,
      seconds: (performance.now() - this.#beganAtMs) / 1_000,
      rounds: starts.reduce((sum, its) => sum + its.length, 0),
      latenessMs,
      gapMs,
      maxRssBytes: process.resourceUsage().maxRSS * 1_024,
      processorSeconds: (user + system) / 1_000_000,
      connections: this.#connections,
      reconnects: this.#reconnects,
      skipped: this.#skipped,
      calls: this.#calls,
      lines: this.#lineCount,
      firstLines: this.#lines,
    };
  }

  heard(line: string): void {
    if (!this.#measures) return;
    this.#lineCount += 1;
    if (this.#lines.length < SHOWN_LINES) this.#lines.push(line);
  }

  skipped(rounds: number): void {
    if (this.#measures) this.#skipped += rounds;
  }

  watchConnections(databases: Databases): Databases {
    return {
      connect: async (target) => {
        if (this.#measures) this.#reconnects += 1;
        const server = await databases.connect(target);
        this.#connections += 1;
        void server.ended.then(() => (this.#connections -= 1));
        return this.#watched(server, target.host);
      },
    };
  }

  #watched(server: DatabaseServer, host: string): DatabaseServer {
    const beat = server.beat.bind(server);
    server.beat = (heartbeat) => {
      this.#started(host);
      return beat(heartbeat);
    };
    return server;
  }

  #started(host: string): void {
    if (!this.#measures) return;
    const its = this.#starts.get(host);
    if (its === undefined) this.#starts.set(host, [performance.now()]);
    else its.push(performance.now());
  }

  /** The same table; every call of it is counted. */
  countCalls(store: StateStore): StateStore {
    return new Proxy(store, {
      get: (target, name, receiver) => {
        if (this.#measures && typeof name === 'string') this.#calls[name] = (this.#calls[name] ?? 0) + 1;
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
  }
}
