/**
 * Who interferes with the workflow during a run: kills executions and redrives them, and starts others beside it.
 *
 * @module
 */
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Executions } from './executions.ts';
import type { KillPlan } from './kill-plan.ts';
import { Killer, type Kill } from './killer.ts';
import type { Live } from './live.ts';
import { startRivals } from './rivals.ts';
import type { Meddling } from './watch.ts';

/** The one operation that must happen in the very moment that it is asked for. */
interface Stopping {
  stopExecution(executionArn: string, error: string, cause: string): Promise<void>;
}

export interface MeddlerOptions {
  readonly kills: KillPlan | null;
  readonly rivals: number;
  readonly live: Live;
}

export class Meddler implements Meddling {
  readonly #options: MeddlerOptions;
  #executions: Executions | undefined;
  #killer: Killer | undefined;
  #rivals: Promise<void> | undefined;
  #rivalsAreStarting = false;

  constructor(options: MeddlerOptions) {
    this.#options = options;
  }

  get plan(): KillPlan | null {
    return this.#options.kills;
  }

  get kills(): readonly Kill[] {
    return this.#killer?.kills ?? [];
  }

  get isBusy(): boolean {
    return this.#rivalsAreStarting || (this.#killer?.isBusy ?? false);
  }

  get begun(): number {
    return (this.#killer?.begun ?? 0) + (this.#rivals === undefined ? 0 : 1);
  }

  /** From here on it interferes. */
  arm(stepFunctions: Stopping, executions: Executions): void {
    const { kills, live } = this.#options;
    this.#executions = executions;
    if (kills === null) return;
    this.#killer = new Killer({
      plan: kills,
      stop: (arn) => stepFunctions.stopExecution(arn, 'Drill.Killed', 'the drill stopped the execution to redrive it'),
      redrive: (arn) => executions.redrive(arn),
      onKill: ({ state, when, atMs, redrivenAtMs }) =>
        live.happened(atMs, `— killed ${when} ${state}, redriven ${redrivenAtMs - atMs} ms later —`),
    });
  }

  /** Hears each event of each execution in the moment that it happens. */
  hear(executionArn: string, event: HistoryEvent): void {
    this.#killer?.hear(executionArn, event);
    const { rivals, live } = this.#options;
    if (this.#executions === undefined || rivals === 0 || event.type !== 'ExecutionStarted') return;
    if (this.#rivals !== undefined) return;
    this.#rivalsAreStarting = true;
    live.happened(Date.now(), `— ${rivals} operators start a failover, too —`);
    this.#rivals = startRivals(this.#executions, rivals).finally(() => {
      this.#rivalsAreStarting = false;
    });
    // What went wrong is told by `settled`.
    this.#rivals.catch(() => {});
  }

  /** Resolves when everything that it began is done. Throws what went wrong with that. */
  async settled(): Promise<void> {
    await Promise.all([this.#killer?.settled(), this.#rivals]);
  }
}
