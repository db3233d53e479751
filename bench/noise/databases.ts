/**
 * The Database port as a monitor, or a step, sees it over this network. Only what looks is there: nothing is changed in a
 * stretch of noise.
 *
 * - A connection that fails within its time says how far it came: `timeout`, `refused`, `unanswered`.
 * - A read that is overdue gives its connection up, as the adapter does; a beat waits as long as its connection lives.
 * - When a server's process ends, its host closes every connection, and the other side hears of it if that gets through.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import { DatabaseError } from '../../lib/core/errors.ts';
import type { Failure } from '../../lib/core/observation.ts';
import type { Databases, DatabaseServer, DatabaseTarget } from '../../lib/ports/database.ts';
import type { WorldClock } from './clock.ts';
import type { Network } from './network.ts';
import type { NodeId, Site } from './script.ts';
import type { Servers } from './servers.ts';

/** Greeting, password, and the session's settings. */
const TURNS_OF_CONNECT = 3;

export interface Viewer {
  readonly site: Site;
  /** When it notices what comes in at an instant: later when it is frozen, never when it is gone. */
  wakesAt(atMs: number): number;
}

export interface Net {
  readonly cluster: ClusterConfig;
  readonly clock: WorldClock;
  readonly network: Network;
  readonly servers: Servers;
  /** Sessions with a beat under way, by their numbers. */
  readonly busy: Set<number>;
  sessions: number;
}

export function databasesSeenBy(viewer: Viewer, net: Net): Databases {
  return {
    connect: async (target) => {
      const node = net.cluster.nodes.find((each) => each.address === target.host);
      if (node === undefined) throw new Error(`nobody has ${target.host}`);
      const line = new Line(viewer, node.id as NodeId, net, target);
      await line.open();
      return serverOver(line, net);
    },
  };
}

function serverOver(line: Line, { servers, busy }: Net): DatabaseServer {
  const { node, sessionId } = line;
  const changesNothing = (what: string) => () => Promise.reject(new Error(`nothing is changed in the noise: ${what}`));
  return {
    nodeId: node,
    sessionId,
    ended: line.ended,
    observe: () => line.ask(() => servers.observe(node)),
    beat: () =>
      line.askPatiently(async () => {
        // From when it is there: one that was lost on its way is no work of the server.
        busy.add(sessionId);
        try {
          await servers.commit(node);
        } finally {
          busy.delete(sessionId);
        }
      }),
    isBusy: (session) => line.ask(() => busy.has(session)),
    beatsUnderWay: () => line.ask(() => 0),
    endReads: () => line.ask(() => {}),
    stopReceiving: changesNothing('stopReceiving'),
    applyReceived: changesNothing('applyReceived'),
    promote: changesNothing('promote'),
    demote: changesNothing('demote'),
    replicateFrom: changesNothing('replicateFrom'),
    makeBootReadOnly: changesNothing('makeBootReadOnly'),
    close: async () => line.close(),
  };
}

class Line {
  readonly node: NodeId;
  readonly sessionId: number;
  readonly ended: Promise<void>;
  readonly #viewer: Viewer;
  readonly #net: Net;
  readonly #target: DatabaseTarget;
  #isOpen = true;
  #markEnded: () => void = () => {};

  constructor(viewer: Viewer, node: NodeId, net: Net, target: DatabaseTarget) {
    this.node = node;
    this.#viewer = viewer;
    this.#net = net;
    this.#target = target;
    net.sessions += 1;
    this.sessionId = net.sessions;
    this.ended = new Promise((resolve) => (this.#markEnded = resolve));
  }

  /** @throws DatabaseError within the time of the target */
  async open(): Promise<void> {
    const { clock, network } = this.#net;
    const { conditions } = network;
    const { site } = this.#viewer;
    const startMs = clock.nowMs;
    const deadlineMs = startMs + (this.#target.connectTimeoutMs ?? this.#target.timeoutMs);
    const arrivesMs = network.connectArrival(site, this.node, startMs);
    if (arrivesMs > deadlineMs) return this.#failAt(deadlineMs, 'timeout');
    const answerMs = network.arrival(this.node, site, arrivesMs);
    if (answerMs > deadlineMs) return this.#failAt(deadlineMs, 'timeout');
    if (!conditions.hasProcess(this.node, arrivesMs)) return this.#failAt(answerMs, 'refused');

    const processEndsMs = conditions.processEnds(this.node, arrivesMs);
    let atMs = answerMs;
    for (let turn = 0; turn < TURNS_OF_CONNECT; turn += 1) atMs = this.#turn(atMs).backMs;
    if (processEndsMs < Math.min(atMs, deadlineMs)) return this.#failAt(processEndsMs, 'cut');
    if (atMs > deadlineMs) return this.#failAt(deadlineMs, 'unanswered');
    await this.#until(atMs);
    void this.#endWith(processEndsMs);
  }

  /** @throws DatabaseError within the statement's time */
  async ask<T>(answer: () => T): Promise<T> {
    const { clock } = this.#net;
    const deadlineMs = clock.nowMs + this.#target.timeoutMs;
    this.#assertOpen();
    const { ranMs, backMs } = this.#turn(clock.nowMs);
    if (ranMs > deadlineMs) return this.#overdueAt(deadlineMs);
    await this.#untilOrEnd(ranMs);
    const value = answer();
    if (backMs > deadlineMs) return this.#overdueAt(deadlineMs);
    await this.#untilOrEnd(backMs);
    return value;
  }

  /** @throws DatabaseError when the connection ends before */
  async askPatiently(answer: () => Promise<void>): Promise<void> {
    const { clock, network } = this.#net;
    this.#assertOpen();
    const { ranMs } = this.#turn(clock.nowMs);
    await this.#untilOrEnd(ranMs);
    await Promise.race([answer(), this.ended]);
    this.#assertOpen();
    await this.#untilOrEnd(network.arrival(this.node, this.#viewer.site, clock.nowMs));
  }

  close(): void {
    this.#isOpen = false;
    this.#markEnded();
  }

  /** A question and its answer: when the server has it, and when the answer is back. */
  #turn(atMs: number): { readonly ranMs: number; readonly backMs: number } {
    const { network } = this.#net;
    const { conditions } = network;
    const { site } = this.#viewer;
    const thereMs = conditions.thaws(this.node, network.arrival(site, this.node, atMs));
    const ranMs = thereMs + network.delay(conditions.loadOf(this.node, thereMs));
    return { ranMs, backMs: network.arrival(this.node, site, ranMs) };
  }

  async #endWith(processEndsMs: number): Promise<void> {
    const { clock, network } = this.#net;
    await clock.until(processEndsMs);
    await this.#until(network.arrival(this.node, this.#viewer.site, processEndsMs));
    this.close();
  }

  #until(atMs: number): Promise<void> {
    return this.#net.clock.until(this.#viewer.wakesAt(atMs));
  }

  async #untilOrEnd(atMs: number): Promise<void> {
    if (this.#viewer.wakesAt(atMs) > this.#net.clock.nowMs) await Promise.race([this.#until(atMs), this.ended]);
    this.#assertOpen();
  }

  async #overdueAt(deadlineMs: number): Promise<never> {
    await this.#untilOrEnd(deadlineMs);
    this.close();
    throw new DatabaseError('timeout', `${this.node} gave no answer`);
  }

  async #failAt(atMs: number, failure: Failure): Promise<never> {
    await this.#until(atMs);
    throw new DatabaseError(failure, `connecting to ${this.node}: ${failure}`);
  }

  #assertOpen(): void {
    if (!this.#isOpen) throw new DatabaseError('cut', `the connection to ${this.node} was cut`);
  }
}
