/**
 * @module Serves a call as the latency and the faults have it: the one way in which anything of the lab calls a service,
 * over the wire or from within.
 *
 * Guarantees: latency, refusals and silence come before the service has done anything; a response is lost only after it
 * has, and whether it refused or not.
 */
import type { Latency } from '../latency.ts';
import type { Timers } from '../timers.ts';
import { AwsError } from '../wire/aws-error.ts';
import type { Faults, Silence } from './faults.ts';
import type { AwsCall } from './match.ts';

/** The caller hears nothing, and can't know whether it was done. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly how: Silence;
  /** Whether the service had done what was asked. */
  readonly served: boolean;

  constructor(how: Silence, served: boolean) {
    super(how === 'hang' ? 'the request was never answered' : 'the connection was reset before an answer');
    this.how = how;
    this.served = served;
  }
}

export interface Surroundings {
  readonly faults: Faults;
  readonly latency: () => Latency;
  readonly timers: Timers;
}

/**
 * @param serve does what is asked; reads may be as of so many milliseconds ago
 * @throws NoAnswer, AwsError; CloudClosed when the cloud is closed meanwhile
 */
export async function underFaults<Answer>(
  { faults, latency, timers }: Surroundings,
  call: AwsCall,
  serve: (staleMs: number) => Promise<Answer> | Answer,
): Promise<Answer> {
  const { delayMs, refusal, silence, lost, staleMs } = faults.judge(call);
  await timers.sleep(latency()(call.service, call.action) + delayMs);
  if (silence !== null) throw new NoAnswer(silence, false);
  if (refusal !== null) throw refusal;
  if (lost === null) return serve(staleMs);
  try {
    await serve(staleMs);
  } catch (error) {
    // A refusal is lost like any other answer; what went wrong with the lab itself is not.
    if (!(error instanceof AwsError)) throw error;
  }
  throw new NoAnswer(lost, true);
}
