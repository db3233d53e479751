/**
 * @module How long AWS takes to answer.
 *
 * These are guesses from experience, not measurements: good enough to see which calls an RTO is made of, and nothing
 * to quote. A drill can scale them, or turn them off.
 */

/** Milliseconds that a call waits before it is served. */
export type Latency = (service: string, action: string) => number;

interface Guess {
  readonly service: string;
  readonly action: RegExp;
  readonly milliseconds: number;
}

/** The first row that matches decides. */
export const LATENCY_GUESSES: readonly Guess[] = [
  { service: 'ec2', action: /^Describe/, milliseconds: 100 },
  { service: 'ec2', action: /./, milliseconds: 250 },
  { service: 'route53', action: /^Change/, milliseconds: 300 },
  { service: 'route53', action: /./, milliseconds: 100 },
  { service: 'dynamodb', action: /./, milliseconds: 5 },
  { service: 'states', action: /^StartExecution$/, milliseconds: 40 },
  { service: 'states', action: /./, milliseconds: 20 },
  { service: 'lambda', action: /./, milliseconds: 10 },
  { service: 'sns', action: /./, milliseconds: 20 },
  { service: 'secretsmanager', action: /./, milliseconds: 15 },
  { service: 'scheduler', action: /./, milliseconds: 50 },
  // No call: from what happened to the target of a rule. AWS speaks of "typically half a second".
  { service: 'events', action: /^Deliver$/, milliseconds: 500 },
  { service: 'events', action: /./, milliseconds: 50 },
  { service: 'monitoring', action: /./, milliseconds: 50 },
];

/** A guess: what Step Functions spends between two states. */
export const STATE_TRANSITION_GUESS_MS = 20;

/** The guesses, multiplied; `guessedLatency(0)` is a cloud that answers at once. */
export function guessedLatency(scale = 1): Latency {
  return (service, action) => {
    const guess = LATENCY_GUESSES.find((each) => each.service === service && each.action.test(action));
    return (guess?.milliseconds ?? 0) * scale;
  };
}
