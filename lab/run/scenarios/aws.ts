/**
 * A crash while AWS itself is not well: what is out, and for how long, is said by rules (lab/cloud/faults/rule.ts).
 *
 * @module
 */
import { DEPLOYED } from '../aws-faults.ts';
import type { Scenario } from './scenario.ts';
import { SERVER_SCENARIOS } from './server.ts';

const CRASH = { ...SERVER_SCENARIOS.crash, sentence: 'the primary’s server process is killed' } as const;

/** Longer than it takes to find the primary dead and to move the address. */
const OUT_FOR_MS = 15_000;

export const AWS_SCENARIOS = {
  'ec2-out': {
    ...CRASH,
    sentence: `${CRASH.sentence}, and for 15 s EC2 changes nothing and tells what was: clients are led by DNS, and the instance is stopped when EC2 is back`,
    route: 'dns',
    awsFaults: [
      {
        name: 'EC2 changes nothing',
        ...DEPLOYED,
        service: 'ec2',
        kind: 'change',
        forMs: OUT_FOR_MS,
        fault: { kind: 'unavailable' },
      },
      {
        name: 'EC2 tells what was',
        ...DEPLOYED,
        service: 'ec2',
        kind: 'read',
        forMs: OUT_FOR_MS,
        fault: { kind: 'stale-read', age: { distribution: 'fixed', ms: OUT_FOR_MS } },
      },
    ],
  },
  'dynamodb-out': {
    ...CRASH,
    sentence: `${CRASH.sentence}, and from the moment that a successor is chosen DynamoDB is out for 8 s: the change waits for it`,
    awsFaults: [
      {
        name: 'DynamoDB is out',
        ...DEPLOYED,
        service: 'dynamodb',
        since: { service: 'lambda', action: 'Invoke', about: '"step":"settle"' },
        forMs: 8_000,
        fault: { kind: 'unavailable' },
      },
    ],
  },
  'step-functions-out': {
    ...CRASH,
    sentence: `${CRASH.sentence}, and Step Functions starts nothing in the 8 s after the monitors first want it: they try until it does`,
    awsFaults: [
      {
        name: 'Step Functions starts nothing',
        ...DEPLOYED,
        service: 'states',
        action: 'StartExecution',
        since: { service: 'states', action: 'StartExecution' },
        forMs: 8_000,
        fault: { kind: 'unavailable' },
      },
    ],
  },
  'stop-unheard': {
    ...CRASH,
    sentence: `${CRASH.sentence}, and EC2 stops the instance as it is asked to, but never answers that it does: nothing waits for its answer`,
    awsFaults: [
      {
        name: 'EC2 stops, and says nothing',
        ...DEPLOYED,
        service: 'ec2',
        action: 'StopInstances',
        fault: { kind: 'lost-response', how: 'hang' },
      },
    ],
  },
} as const satisfies Record<string, Scenario>;
