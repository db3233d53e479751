/**
 * What befalls the calls of AWS in a drill, from the words of its command line and from its scenario. Only what was
 * deployed is befallen: whoever drives the drill must see what happens.
 *
 * @module
 */
import type { FaultRule, FaultRuleInput } from '../cloud/faults/rule.ts';
import type { Scenario } from './scenarios/scenario.ts';

/** Functions, state machines, schedules and rules call under roles; the drill itself as a user. */
export const DEPLOYED = { principal: 'arn:aws:iam::*:role/*' } as const;

/** What the command line says of AWS. */
export interface AwsFaultOptions {
  /** How often each call is throttled before it passes. */
  readonly throttle: number;
  /** How often the response of each call that changes something is lost, after its effect. */
  readonly loseResponses: number;
  /** How old the answers of EC2 may be, in milliseconds. */
  readonly staleReadsMs: number;
  /** Rules from a file. */
  readonly awsFaults: readonly FaultRule[];
  readonly failVip: boolean;
}

export function awsFaultRules(options: AwsFaultOptions, scenario: Pick<Scenario, 'awsFaults'>): FaultRuleInput[] {
  const { throttle, loseResponses, staleReadsMs, awsFaults, failVip } = options;
  return [
    ...scenario.awsFaults,
    ...(throttle > 0
      ? [
          {
            name: `each call throttled, ${throttle}×`,
            ...DEPLOYED,
            attempts: throttle,
            fault: { kind: 'throttle' },
          } as const,
        ]
      : []),
    ...(loseResponses > 0 ? [losing(loseResponses)] : []),
    ...(staleReadsMs > 0 ? [stale(staleReadsMs)] : []),
    ...(failVip ? [VIP_STAYS] : []),
    ...awsFaults,
  ];
}

const VIP_STAYS = {
  name: 'the VIP can’t be moved',
  ...DEPLOYED,
  service: 'ec2',
  action: 'AssignPrivateIpAddresses',
  fault: { kind: 'throttle' },
} as const satisfies FaultRuleInput;

/** By a connection that breaks: a silent one would cost each call the client's timeout, and show no more. */
function losing(attempts: number) {
  return {
    name: `each response to a change lost, ${attempts}×`,
    ...DEPLOYED,
    kind: 'change',
    attempts,
    fault: { kind: 'lost-response', how: 'reset' },
  } as const satisfies FaultRuleInput;
}

/** Of EC2: a failover reads nothing of Route 53, and nothing of DynamoDB but consistently. */
function stale(maxMs: number) {
  return {
    name: `reads of EC2 up to ${maxMs} ms old`,
    ...DEPLOYED,
    service: 'ec2',
    kind: 'read',
    fault: { kind: 'stale-read', age: { distribution: 'uniform', minMs: 0, maxMs } },
  } as const satisfies FaultRuleInput;
}

/** Whether a step may run twice: it did what it should, and nobody heard of it. */
export function repeatsSteps(rules: readonly FaultRuleInput[]): boolean {
  return rules.some(({ fault }) => fault.kind === 'lost-response' || fault.kind === 'timeout');
}
