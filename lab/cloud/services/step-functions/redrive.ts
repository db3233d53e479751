/**
 * @module Whether an execution can be redriven, and which requests for it are one and the same.
 *
 * Guarantees: `redriveObstacle` answers with one of the reasons that the service's model lists, or with nothing; a client
 * token that has redriven an execution gives the same answer again and does nothing more.
 */
import { MAX_EVENTS } from '../../asl/history.ts';
import type { Execution } from './execution.ts';

const DAY_MS = 24 * 3600 * 1000;
/** How long after its end an execution can be redriven. */
const REDRIVABLE_PERIOD_MS = 14 * DAY_MS;
/** How long an execution may be open at most. */
const MAX_OPEN_MS = 365 * DAY_MS;

/** Room for `ExecutionRedriven` and one event more. */
const MAX_EVENTS_BEFORE = MAX_EVENTS - 2;

/** Why it can't be redriven now; undefined when it can. */
export function redriveObstacle(
  execution: Pick<Execution, 'status' | 'startedAt' | 'stoppedAt' | 'events'>,
  { nowMs, machineExists }: { readonly nowMs: number; readonly machineExists: boolean },
): string | undefined {
  const { status, startedAt, stoppedAt, events } = execution;
  if (status === 'RUNNING' || status === 'SUCCEEDED') return `Execution is ${status} and cannot be redriven`;
  // The service keeps a deleted machine in this status while it has executions; the lab's is gone at once.
  if (!machineExists) return 'State machine is in DELETING status';
  if (events.length > MAX_EVENTS_BEFORE) return 'Execution history event limit exceeded';
  if (nowMs - startedAt.getTime() > MAX_OPEN_MS) return 'Execution has exceeded the max execution time';
  if (stoppedAt !== undefined && nowMs - stoppedAt.getTime() > REDRIVABLE_PERIOD_MS) {
    return 'Execution redrivable period exceeded';
  }
  return undefined;
}

const TOKENS_KEPT = 10;
const TOKEN_VALID_MS = 15 * 60 * 1000;

/** The latest client tokens that have redriven one execution. */
export class RedriveTokens {
  readonly #used: { readonly token: string; readonly redrivenAt: Date }[] = [];

  /** When the token redrove the execution; undefined for one that did not, or too long ago. */
  find(token: string, nowMs: number): Date | undefined {
    const used = this.#used.find((each) => each.token === token);
    return used !== undefined && nowMs - used.redrivenAt.getTime() <= TOKEN_VALID_MS ? used.redrivenAt : undefined;
  }

  remember(token: string, redrivenAt: Date): void {
    this.#used.push({ token, redrivenAt });
    if (this.#used.length > TOKENS_KEPT) this.#used.shift();
  }
}
