import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIGNS_OF_LIFE, type Failure } from '../../lib/core/observation.ts';
import { judgeProbe, UNPROBED, type ProbeOutcome, type Standing } from '../../lib/core/verdict.ts';
import { counterexample, NOW } from './examples.ts';

const DETECTION = { intervalMs: 1_000, timeoutMs: 1_000, failures: 3, writeDeadlineSeconds: 30 };
const NO_SIGN: readonly Failure[] = ['refused', 'cut', 'timeout', 'unanswered', 'unreachable'];

const probe = (changes: Partial<ProbeOutcome> = {}): ProbeOutcome => ({
  read: 'ok',
  write: 'ok',
  seesReplicas: true,
  restarted: false,
  acknowledgeable: true,
  atMs: NOW,
  ...changes,
});
const missed = (changes: Partial<ProbeOutcome> = {}) => probe({ read: 'timeout', write: 'timeout', ...changes });
const after = (...probes: ProbeOutcome[]): Standing =>
  probes.reduce((standing, each) => judgeProbe(standing, each, DETECTION), UNPROBED);

describe('a primary that was not probed', () => {
  it('is suspect, without a failure', () => {
    expect(UNPROBED).toEqual({ verdict: 'suspect', failures: 0, failure: null, sinceMs: null, stall: null });
  });
});

describe('a primary is alive', () => {
  it('only when it reads and writes', () => {
    expect(after(probe())).toEqual({ verdict: 'alive', failures: 0, failure: null, sinceMs: null, stall: null });
  });

  it('again after one good probe, whatever was before', () => {
    expect(after(missed(), missed(), missed(), missed(), probe()).verdict).toBe('alive');
  });
});

describe('a primary is dead', () => {
  it('after as many missed probes running as the configuration says, and not before', () => {
    expect(after(missed(), missed()).verdict).toBe('suspect');
    expect(after(missed(), missed(), missed())).toMatchObject({ verdict: 'dead', failures: 3, failure: 'timeout' });
  });

  it.each(NO_SIGN)('when what is missed is %s', (failure) => {
    const one = probe({ read: failure, write: failure });
    expect(after(one, one, one)).toMatchObject({ verdict: 'dead', failure });
  });

  it('since the first probe that missed it', () => {
    const { sinceMs } = after(probe(), missed({ atMs: NOW + 1 }), missed({ atMs: NOW + 2 }), missed({ atMs: NOW + 3 }));
    expect(sinceMs).toBe(NOW + 1);
  });
});

describe('a primary that shows a sign of life is suspect, never dead', () => {
  it.each<[string, Partial<ProbeOutcome>, Failure]>([
    ['it reads, but its writes hang', { write: 'timeout' }, 'timeout'],
    ['it reads, but refuses the write', { write: 'sql' }, 'sql'],
    ['it has no connection left', { read: 'exhausted', write: 'exhausted' }, 'exhausted'],
    ['it refuses the account', { read: 'denied', write: 'denied' }, 'denied'],
    ['it writes, but its status hangs', { read: 'timeout' }, 'timeout'],
    ['its status hangs, but it answers the write with an error', { read: 'timeout', write: 'sql' }, 'timeout'],
    ['its status was cut, but it refuses the account that writes', { read: 'cut', write: 'denied' }, 'cut'],
  ])('%s', (_, changes, failure) => {
    const one = probe(changes);
    expect(after(one, one, one, one, one)).toMatchObject({ verdict: 'suspect', failures: 0, failure, sinceMs: null });
  });

  it('and is counted from the start when it is missed again', () => {
    const busy = probe({ read: 'exhausted', write: 'exhausted' });
    expect(after(missed(), missed(), busy, missed(), missed()).verdict).toBe('suspect');
  });
});

describe('[invariant 7] a monitor that sees no replica either', () => {
  const blind = (changes: Partial<ProbeOutcome> = {}) => missed({ seesReplicas: false, ...changes });

  it('is blind, however often it misses the primary', () => {
    expect(after(blind(), blind(), blind(), blind()).verdict).toBe('blind');
  });

  it('counts nothing while it is blind: its own network, coming back, is no death', () => {
    expect(after(blind(), blind(), blind(), blind(), missed()).verdict).toBe('suspect');
    expect(after(blind(), blind(), missed(), missed(), missed()).verdict).toBe('dead');
  });

  it('keeps when it first missed the primary', () => {
    expect(after(blind({ atMs: NOW }), missed({ atMs: NOW + 1 })).sinceMs).toBe(NOW);
  });

  it('is not blind when the primary answers', () => {
    expect(after(probe({ seesReplicas: false })).verdict).toBe('alive');
    expect(after(probe({ seesReplicas: false, write: 'timeout' })).verdict).toBe('suspect');
  });
});

describe('[invariant 7] a monitor that could not even try', () => {
  it.each<Partial<ProbeOutcome>>([{ read: 'untried', write: 'untried' }, { read: 'untried' }, { write: 'untried' }])(
    'is blind, however often, when %o',
    (changes) => {
      const one = missed(changes);
      expect(after(one, one, one, one)).toMatchObject({ verdict: 'blind', failures: 0 });
    },
  );

  it('still sees a sign of life over the other connection', () => {
    expect(after(probe({ read: 'untried' })).verdict).toBe('suspect');
  });
});

describe('whatever was probed before', () => {
  const anyResult = fc.constantFrom<('ok' | Failure)[]>('ok', 'untried', ...SIGNS_OF_LIFE, ...NO_SIGN);
  const anyProbe = fc.record({
    read: anyResult,
    write: anyResult,
    seesReplicas: fc.boolean(),
    restarted: fc.boolean(),
    acknowledgeable: fc.boolean(),
    atMs: fc.nat(100).map((ms) => NOW + ms),
  });
  const isMissed = (each: ProbeOutcome | undefined) =>
    each !== undefined &&
    each.seesReplicas &&
    [each.read, each.write].every((result) => NO_SIGN.some((failure) => failure === result));

  it('dead means that the last probes, as many as are needed, saw replicas and no sign of life', () => {
    const found = counterexample([fc.array(anyProbe, { minLength: 1, maxLength: 12 })], (probes) => {
      if (after(...probes).verdict !== 'dead') return true;
      const last = probes.slice(-DETECTION.failures);
      return last.length === DETECTION.failures && last.every(isMissed);
    });
    expect(found).toBeNull();
  });

  it('that many such probes running always mean dead', () => {
    const found = counterexample(
      [fc.array(anyProbe, { maxLength: 6 })],
      (probes) => after(...probes, missed(), missed(), missed()).verdict === 'dead',
    );
    expect(found).toBeNull();
  });
});
