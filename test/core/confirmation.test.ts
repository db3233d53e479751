import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeConfirmation, PATIENCE_MS, type ConfirmationInput } from '../../lib/core/confirmation.ts';
import type { Failure, NodeObservation } from '../../lib/core/observation.ts';
import { NOW, server } from './examples.ts';

const missed = (failure: Failure): NodeObservation => ({
  nodeId: 'db-1',
  atMs: NOW,
  reachable: false,
  failure,
  detail: failure,
});
const answers: NodeObservation = { nodeId: 'db-1', atMs: NOW, reachable: true, server: server() };
const DISAGREED = { agreed: false, because: '0 of 3 monitors miss db-1' };
const AGREED = { agreed: true, because: 'monitors b, c of 3 miss db-1' };

/** An instance that stops, with a server that is gone: confirmed. */
const GOING_DOWN: ConfirmationInput = {
  primary: 'db-1',
  trigger: 'ec2-event',
  force: false,
  instanceStateCode: 64,
  seen: missed('refused'),
  agreement: DISAGREED,
  waitedMs: 0,
};
const judge = (changes: Partial<ConfirmationInput> = {}) => judgeConfirmation({ ...GOING_DOWN, ...changes });
const TRIGGERS = ['monitor', 'operator', 'ec2-event', 'alarm'] as const;

describe('after an event of EC2', () => {
  it.each([64, 32, 64 + 256])('state code %i and a primary that gives no sign of life confirm it', (code) => {
    const { decision, because } = judge({ instanceStateCode: code });
    expect(decision).toBe('confirmed');
    expect(because).toBe(
      `EC2 says that the instance of db-1 is going down (state code ${code}), and db-1 gives no sign of life (refused)`,
    );
  });

  it.each(['refused', 'timeout', 'unanswered', 'unreachable'] as const)('%s is no sign of life', (failure) => {
    expect(judge({ seen: missed(failure) }).decision).toBe('confirmed');
  });

  it.each([
    'cut',
    'exhausted',
    'denied',
    'untrusted',
    'other-server',
    'read-only',
    'full',
    'sql',
    'unresolvable',
    'untried',
  ] as const)('%s does not confirm it', (failure) => {
    expect(judge({ seen: missed(failure) }).decision).toBe('wait');
  });

  it('a primary that answers, or that nobody looked at, is waited for while its instance stops', () => {
    expect(judge({ seen: answers }).decision).toBe('wait');
    expect(judge({ seen: null }).decision).toBe('wait');
  });

  it.each([0, 16])('the event alone confirms nothing while EC2, asked anew, says %i', (instanceStateCode) => {
    expect(judge({ instanceStateCode }).decision).toBe('wait');
  });

  it('waits for a bounded time, and then says for how long', () => {
    const waitedMs = PATIENCE_MS['ec2-event'];
    expect(judge({ seen: answers, waitedMs: waitedMs - 1 }).decision).toBe('wait');
    expect(judge({ seen: answers, waitedMs })).toEqual({
      decision: 'not-confirmed',
      because: '0 of 3 monitors miss db-1, for 30 s',
    });
  });
});

describe('[invariant 7] without EC2 only the votes count', () => {
  it.each(TRIGGERS)('of a change that was asked for by %s', (trigger) => {
    expect(judge({ trigger, instanceStateCode: -1 }).decision).not.toBe('confirmed');
    expect(judge({ trigger, instanceStateCode: -1, agreement: AGREED }).decision).toBe('confirmed');
  });
});

describe('[invariant 6] an event or an alarm alone never changes anything', () => {
  it('whatever it is about, as long as EC2 says that the instance runs and the monitors do not agree', () => {
    const anything = fc.record({
      trigger: fc.constantFrom(...TRIGGERS),
      instanceStateCode: fc.constantFrom(-1, 0, 16, 16 + 256),
      seen: fc.constantFrom(null, answers, missed('refused'), missed('timeout')),
      waitedMs: fc.integer({ min: -1_000, max: 100_000 }),
    });
    fc.assert(
      fc.property(anything, (changes) => {
        expect(judge(changes).decision).not.toBe('confirmed');
      }),
    );
  });

  it('and a look at the primary counts only after an event of EC2', () => {
    for (const trigger of ['monitor', 'operator', 'alarm'] as const) {
      expect(judge({ trigger }).decision).not.toBe('confirmed');
    }
  });

  it('nothing is waited for that nobody is going to say', () => {
    expect(judge({ trigger: 'monitor' })).toEqual({ decision: 'not-confirmed', because: DISAGREED.because });
    expect(judge({ trigger: 'operator' }).decision).toBe('not-confirmed');
    expect(judge({ trigger: 'alarm' }).decision).toBe('wait');
    expect(judge({ trigger: 'alarm', waitedMs: PATIENCE_MS.alarm }).decision).toBe('not-confirmed');
  });
});

describe('whoever asked', () => {
  it.each([80, 48])('EC2 is believed that the instance is gone (%i)', (instanceStateCode) => {
    for (const trigger of TRIGGERS)
      expect(judge({ trigger, instanceStateCode, seen: null }).decision).toBe('confirmed');
  });

  it('force asks nobody', () => {
    expect(judge({ trigger: 'operator', force: true, instanceStateCode: 16, seen: answers })).toMatchObject({
      decision: 'confirmed',
      because: 'an operator forced it: nobody was asked whether the primary is gone',
    });
  });
});
