import { describe, expect, test } from 'vitest';
import { Faults } from '../../../../lab/cloud/faults/faults.ts';
import { type AwsCall, matchesCall } from '../../../../lab/cloud/faults/match.ts';
import type { CallMatch, FaultRuleInput } from '../../../../lab/cloud/faults/rule.ts';

const STOP: AwsCall = {
  service: 'ec2',
  action: 'StopInstances',
  caller: {
    principal: 'arn:aws:iam::123456789012:role/Failover-Fence-1X',
    functionName: 'failover-fence',
    availabilityZone: 'eu-west-1a',
  },
  callId: 'call-1',
  text: () => '/\nAction=StopInstances&InstanceId.1=i-0a1',
};
const call = (changes: Partial<AwsCall> = {}): AwsCall => ({ ...STOP, ...changes });

describe('a rule is about', () => {
  test.each<[CallMatch, boolean]>([
    [{}, true],
    [{ service: 'ec2', action: 'StopInstances' }, true],
    [{ service: 'dynamodb' }, false],
    [{ action: 'Stop*' }, true],
    [{ action: '*Inst*ces' }, true],
    [{ action: 'Start*' }, false],
    [{ action: 'StopInstances*s' }, false],
    [{ kind: 'change' }, true],
    [{ kind: 'read' }, false],
    [{ principal: 'arn:aws:iam::*:role/*Fence*' }, true],
    [{ principal: '*:user/*' }, false],
    [{ function: 'failover-*' }, true],
    [{ function: 'failover' }, false],
    [{ zone: 'eu-west-1a' }, true],
    [{ zone: 'eu-west-1b' }, false],
    [{ about: 'i-0a1' }, true],
    [{ about: 'i-0b2' }, false],
    [{ service: 'ec2', zone: 'eu-west-1b' }, false],
  ])('%j: %s', (match, expected) => {
    expect(matchesCall(match, STOP)).toBe(expected);
  });

  test.each(['DescribeInstances', 'GetItem', 'BatchGetItem', 'Query', 'ListResourceRecordSets', 'TransactGetItems'])(
    'a read: %s',
    (action) => {
      expect(matchesCall({ kind: 'read' }, call({ action }))).toBe(true);
    },
  );
});

/** Faults by a clock of their own. */
function armed(...rules: FaultRuleInput[]) {
  const clock = { ms: 1_000 };
  const faults = new Faults({ now: () => clock.ms, random: () => 0.5 });
  faults.arm(rules);
  /** Whether a call is refused, or not answered, after so long. */
  const isHit = (changes: Partial<AwsCall> = {}, laterMs = 0) => {
    clock.ms += laterMs;
    const { refusal, silence, lost } = faults.judge(call(changes));
    return refusal !== null || silence !== null || lost !== null;
  };
  return { faults, clock, isHit };
}

describe('a rule befalls', () => {
  test('the third request alone, when it says so', () => {
    const { faults } = armed({
      action: 'StopInstances',
      from: 3,
      count: 1,
      fault: { kind: 'lost-response', how: 'hang' },
    });
    const lost = ['a', 'b', 'c', 'd'].map((callId) => faults.judge(call({ callId })).lost);
    expect(lost).toEqual([null, null, 'hang', null]);
    expect(faults.counts()).toEqual([{ rule: 'lost-response of AWS StopInstances', requests: 1 }]);
  });

  test('the first attempts of each call, when it says so, however calls are mixed', () => {
    const { isHit } = armed({ attempts: 2, fault: { kind: 'throttle' } });
    const hit = ['a', 'b', 'a', 'a', 'b', 'b', 'c'].map((callId) => isHit({ callId }));
    expect(hit).toEqual([true, true, true, false, true, false, true]);
  });

  test('calls for as long as it lasts, and from when it begins', () => {
    const { isHit } = armed({ afterMs: 100, forMs: 50, fault: { kind: 'unavailable' } });
    expect([isHit(), isHit({}, 99), isHit({}, 1), isHit({}, 49), isHit({}, 1)]).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  test('nothing before the call that it waits for, and that call itself', () => {
    const { isHit } = armed({
      since: { service: 'lambda', about: '"step":"settle"' },
      forMs: 100,
      fault: { kind: 'timeout' },
    });
    const settle = { service: 'lambda', action: 'Invoke', text: () => 'f\n{"step":"settle"}' };
    expect([isHit({}, 500), isHit(settle), isHit({}, 99), isHit({}, 1), isHit(settle)]).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  test('nothing any more when it is lifted, and what it did is still told', () => {
    const { faults, isHit } = armed({ name: 'out', fault: { kind: 'unavailable' } });
    isHit();
    faults.lift();
    expect(isHit()).toBe(false);
    expect(faults.counts()).toEqual([{ rule: 'out', requests: 1 }]);
  });

  test('a call together with other rules: latencies add up, and the first refusal counts', () => {
    const { faults } = armed(
      { fault: { kind: 'latency', added: { distribution: 'fixed', ms: 5 } } },
      { fault: { kind: 'latency', added: { distribution: 'uniform', minMs: 0, maxMs: 20 } } },
      { fault: { kind: 'error', code: 'First', status: 500 } },
      { fault: { kind: 'throttle' } },
    );
    expect(faults.judge(STOP)).toMatchObject({ delayMs: 15, refusal: { code: 'First' } });
    expect(faults.counts().map(({ requests }) => requests)).toEqual([1, 1, 1, 1]);
  });
});
