import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict, Vote } from '../../lib/core/observation.ts';
import {
  agreeOnDeath,
  HEARTBEAT_PERIOD_MS,
  voteLifetimeMs,
  witnessSilenceMs,
  type QuorumInput,
} from '../../lib/core/quorum.ts';
import { configInput, exampleConfig } from '../fakes/example-config.ts';
import { counterexample, missing, NOW, permutations, seen, seenServer, vote, witness } from './examples.ts';

const config = exampleConfig();
const cluster = config.clusters[0]!;
const monitorsOf = (...zones: string[]) =>
  exampleConfig(
    {},
    {
      monitors: zones.map((zone, index) => ({
        ...configInput().monitors[0]!,
        id: 'abcdefg'[index]!,
        availabilityZone: `eu-central-1${zone}`,
      })),
    },
  ).monitors;

const agree = (votes: readonly Vote[], changes: Partial<QuorumInput> = {}) =>
  agreeOnDeath({
    cluster,
    monitors: config.monitors,
    state: { epoch: 4, primary: 'db-1' },
    votes,
    live: [],
    nowMs: NOW,
    ...changes,
  });

describe('[invariant 7] the monitors agree', () => {
  it.each<[string, Vote[]]>([
    ['when all three miss the primary', [vote('a'), vote('b'), vote('c')]],
    ['when two of three do and the third is blind', [vote('a', { verdict: 'blind' }), vote('b'), vote('c')]],
    ['when two of three do and the third is lost', [vote('b'), vote('c')]],
    ['when two of three do, one of them in its zone', [vote('a'), vote('c')]],
    ['when two of three do and the third still sees it', [vote('a', { verdict: 'alive' }), vote('b'), vote('c')]],
  ])('%s', (_, votes) => {
    expect(agree(votes)).toMatchObject({ agreed: true });
  });

  it('and name who does, in order', () => {
    expect(agree([vote('c'), vote('b')])).toMatchObject({
      voters: ['b', 'c'],
      because: 'monitors b, c of 3 miss db-1, and no replica hears it',
    });
  });
});

describe('[invariant 7] the monitors do not agree for lack of a majority', () => {
  it.each<[string, Vote[], string]>([
    ['when nobody votes', [], '0 of 3 monitors miss db-1, 2 are needed'],
    ['when one alone misses the primary', [vote('b')], 'a: no fresh vote, b: dead, c: no fresh vote'],
    [
      'when one misses it and two are blind',
      [vote('a', { verdict: 'blind' }), vote('b'), vote('c', { verdict: 'blind' })],
      'a: blind, b: dead, c: blind',
    ],
    ['when all are blind', ['a', 'b', 'c'].map((id) => vote(id, { verdict: 'blind' })), '0 of 3'],
    ['when one votes twice', [vote('b'), vote('b', { atMs: NOW - 1 })], '1 of 3'],
    [
      'when one that voted dead has since seen it',
      [vote('b', { atMs: NOW - 1 }), vote('b', { verdict: 'alive' }), vote('c')],
      '1 of 3',
    ],
    ['when the second is a stranger', [vote('b'), vote('z')], '1 of 3'],
    ['when the second votes on an older epoch', [vote('b'), vote('c', { epoch: 3 })], '1 of 3'],
    ['when the second votes on another primary', [vote('b'), vote('c', { primary: 'db-2' })], '1 of 3'],
    ['when the second is merely suspicious', [vote('b'), vote('c', { verdict: 'suspect' })], 'c: suspect'],
  ])('%s', (_, votes, because) => {
    const agreement = agree(votes);
    expect(agreement).toMatchObject({ agreed: false, code: 'no-quorum' });
    expect(agreement.because).toContain(because);
  });

  it.each([
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
    [7, 4],
  ])('of %i monitors %i are needed', (configured, needed) => {
    const monitors = monitorsOf(...['a', 'b', 'c', 'a', 'b', 'c', 'a'].slice(0, configured));
    const dead = monitors.map(({ id, availabilityZone }) => vote(id, { availabilityZone }));
    expect(agree(dead.slice(0, needed), { monitors }).agreed).toBe(true);
    expect(agree(dead.slice(0, needed - 1), { monitors }).agreed).toBe(false);
  });
});

describe('a vote is fresh', () => {
  const lifetimeMs = voteLifetimeMs(cluster.detection);

  it.each([
    ['at the end of its life', -lifetimeMs, true],
    ['not after it', -lifetimeMs - 1, false],
    ['when the clock of its monitor is a little ahead', 1_000, true],
    ['not when that clock is far ahead', lifetimeMs + 1, false],
  ])('%s', (_, offsetMs, fresh) => {
    expect(agree([vote('b'), vote('c', { atMs: NOW + offsetMs })]).agreed).toBe(fresh);
  });

  it('for two intervals or timeouts, the longer, and a second of clock', () => {
    expect(voteLifetimeMs({ intervalMs: 500, timeoutMs: 2_000, failures: 1 })).toBe(5_000);
    expect(voteLifetimeMs({ intervalMs: 1_000, timeoutMs: 300, failures: 1 })).toBe(3_000);
  });

  it('when the change that it started has made the epoch one higher', () => {
    expect(agree([vote('b'), vote('c', { epoch: 5 })]).agreed).toBe(true);
  });
});

describe('monitors of the zone of the primary alone', () => {
  it('do not agree, since their zone may be cut off', () => {
    const monitors = monitorsOf('a', 'a', 'b');
    const votes = ['a', 'b'].map((id) => vote(id, { availabilityZone: 'eu-central-1a' }));
    expect(agree(votes, { monitors })).toMatchObject({ agreed: false, code: 'only-the-primary-zone' });
    expect(agree([...votes, vote('c', { availabilityZone: 'eu-central-1b' })], { monitors }).agreed).toBe(true);
  });
});

describe('a replica that hears the primary has a veto', () => {
  const boundMs = witnessSilenceMs(cluster.detection);
  const withWitness = (changes: Parameters<typeof witness>[0]) => [
    vote('b'),
    vote('c', { witnesses: [witness({ nodeId: 'db-3', ...changes })] }),
  ];

  it.each<[string, Parameters<typeof witness>[0], boolean]>([
    ['it received within the bound', { receiver: 'receiving', silentMs: boundMs - 1 }, true],
    ['it has been silent for the bound', { receiver: 'receiving', silentMs: boundMs }, false],
    ['nobody knows how long it has been silent', { receiver: 'receiving', silentMs: null }, true],
    ['its receiver hears nothing', { receiver: 'connecting', silentMs: 0 }, false],
    ['its receiver is stopped', { receiver: 'stopped', silentMs: 0 }, false],
    ['it can not be asked', { reachable: false, receiver: 'receiving', silentMs: 0 }, false],
  ])('%s: veto %s', (_, changes, veto) => {
    expect(agree(withWitness(changes))).toMatchObject(
      veto ? { agreed: false, code: 'a-replica-hears-it' } : { agreed: true },
    );
  });

  it('also when a monitor that does not miss the primary reports it', () => {
    const witnesses = [witness({ receiver: 'receiving', silentMs: 0 })];
    expect(agree([vote('a', { verdict: 'suspect', witnesses }), vote('b'), vote('c')])).toMatchObject({
      code: 'a-replica-hears-it',
    });
  });

  it('not when that report is stale', () => {
    const stale = vote('a', { atMs: 0, witnesses: [witness({ receiver: 'receiving', silentMs: 0 })] });
    expect(agree([stale, vote('b'), vote('c')]).agreed).toBe(true);
  });

  it.each([
    ['the probes but the first take', { intervalMs: 1_000, timeoutMs: 500, failures: 3 }, 2_000],
    ['those probes take when each fails by its timeout', { intervalMs: 1_000, timeoutMs: 2_000, failures: 3 }, 4_000],
    ['two heartbeats take, at least', { intervalMs: 200, timeoutMs: 100, failures: 2 }, 2 * HEARTBEAT_PERIOD_MS],
    [
      'two heartbeats take, when one probe is enough',
      { intervalMs: 5_000, timeoutMs: 100, failures: 1 },
      2 * HEARTBEAT_PERIOD_MS,
    ],
  ])('for as long as %s', (_, detection, silenceMs) => {
    expect(witnessSilenceMs(detection)).toBe(silenceMs);
  });
});

describe('a replica that is asked just now', () => {
  const silent = { receiver: 'receiving', silentMs: 9_000, received: '0-1-100' } as const;
  const votes = ['b', 'c'].map((id) => vote(id, { witnesses: [witness({ nodeId: 'db-2', ...silent })] }));

  it.each([
    [
      'has a veto when it received more since the votes',
      [seen('db-2', { receiver: 'receiving', received: '0-1-101' })],
      true,
    ],
    ['has none when it received nothing more', [seen('db-2', { receiver: 'receiving' })], false],
    ['has a veto when no monitor knows it', [seen('db-3', { receiver: 'receiving' })], true],
    ['has none when its receiver hears nothing', [seen('db-3', { receiver: 'connecting' })], false],
    ['has none when it does not answer', [missing('db-2'), missing('db-3')], false],
    ['has none when it is no replica', [seenServer('db-2', { replica: null })], false],
  ])('%s', (_, live, veto) => {
    expect(agree(votes, { live }).agreed).toBe(!veto);
  });
});

describe('[invariant 7] whatever the votes', () => {
  const anyVerdict = fc.constantFrom<Verdict[]>('alive', 'suspect', 'dead', 'blind');
  const anyVote = fc
    .record({
      monitor: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'z'),
      verdict: anyVerdict,
      epoch: fc.constantFrom(3, 4, 4, 4),
      primary: fc.constantFrom('db-1', 'db-1', 'db-2'),
      atMs: fc.constantFrom(NOW, NOW - 1_000, NOW - 60_000),
      hears: fc.boolean(),
    })
    .map(({ monitor, hears, ...rest }) =>
      vote(monitor, { ...rest, witnesses: [witness(hears ? { receiver: 'receiving', silentMs: 0 } : {})] }),
    );
  const anyVotes = fc.uniqueArray(anyVote, { selector: (each) => each.monitor });
  const five = monitorsOf('a', 'b', 'c', 'a', 'b');

  it('fewer than a majority never agree', () => {
    const found = counterexample([fc.array(anyVote, { maxLength: 8 })], (votes) => {
      const voters = new Set(votes.filter((each) => each.verdict === 'dead').map((each) => each.monitor));
      fc.pre(voters.size < 3);
      return !agree(votes, { monitors: five }).agreed;
    });
    expect(found).toBeNull();
  });

  it('losing monitors never makes those who are left agree, unless what is lost was a veto', () => {
    const found = counterexample([anyVotes, fc.func(fc.boolean())], (votes, isLost) => {
      const vetoes = votes.filter((each) => each.witnesses.some((one) => one.receiver === 'receiving'));
      const left = votes.filter((each) => vetoes.includes(each) || !isLost(each.monitor));
      return agree(votes, { monitors: five }).agreed || !agree(left, { monitors: five }).agreed;
    });
    expect(found).toBeNull();
  });

  it('their order does not matter', () => {
    const votesAtTimes = fc.uniqueArray(anyVote, { maxLength: 4, selector: (each) => `${each.monitor} ${each.atMs}` });
    const found = counterexample([votesAtTimes], (votes) => {
      const answers = permutations(votes).map((order) => agree(order, { monitors: five }).agreed);
      return new Set(answers).size === 1;
    });
    expect(found).toBeNull();
  });
});
