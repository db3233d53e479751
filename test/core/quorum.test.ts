import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ballotsOf, MAX_CLOCK_SKEW_MS, VOTE_REPEAT_MS, voteLifetimeMs } from '../../lib/core/ballot.ts';
import type { Verdict, Vote, Witness } from '../../lib/core/observation.ts';
import { agreeOnLoss, majorityOf, type QuorumInput } from '../../lib/core/quorum.ts';
import { HEARTBEAT_PERIOD_MS, witnessSilenceMs } from '../../lib/core/veto.ts';
import { configInput, exampleCluster, exampleConfig, nodesInput } from '../fakes/example-config.ts';
import { counterexample, missing, NOW, permutations, seen, seenServer, vote, witness } from './examples.ts';

const config = exampleConfig();
const cluster = config.clusters[0]!;
/** One monitor for each letter: its zone. They are called a, b, c, … in this order. */
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
  agreeOnLoss({
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
    expect(agree([vote('c'), vote('b')], { monitors: config.monitors.toReversed() })).toMatchObject({
      voters: ['b', 'c'],
      because: 'monitors b, c of 3 miss db-1, and no replica hears it',
    });
  });
});

describe('[invariant 7] the monitors do not agree for lack of a majority', () => {
  it.each<[string, Vote[], string]>([
    ['when nobody votes', [], '0 of 3 monitors miss db-1, 2 are needed'],
    ['when one alone misses the primary', [vote('b')], 'a: has not voted, b: dead, c: has not voted'],
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
    expect(majorityOf(monitors)).toBe(needed);
    expect(agree(dead.slice(0, needed), { monitors }).agreed).toBe(true);
    expect(agree(dead.slice(0, needed - 1), { monitors }).agreed).toBe(false);
  });

  it('when only one monitor is configured, whatever it says', () => {
    const monitors = config.monitors.slice(1, 2);
    expect(agree([vote('b')], { monitors })).toMatchObject({ agreed: false, code: 'no-quorum' });
    expect(agree([vote('b')], { monitors: [] })).toMatchObject({ agreed: false, code: 'no-quorum' });
  });
});

describe('the disagreement says of each monitor why its vote does not count:', () => {
  it.each<[string, Vote | null, string]>([
    ['none', null, 'c: has not voted'],
    ['blind', vote('c', { verdict: 'blind' }), 'c: blind'],
    ['stale', vote('c', { atMs: NOW - 4_200 }), 'c: its vote (dead) is 4200 ms old, and 3000 ms is the most'],
    ['from-the-future', vote('c', { atMs: NOW + 1_500 }), 'c: its vote is 1500 ms from the future'],
    ['older-epoch', vote('c', { epoch: 3 }), 'c: votes on epoch 3, which was before 4'],
    ['other-primary', vote('c', { primary: 'db-2' }), 'c: votes on db-2'],
    [
      'other-zone',
      vote('c', { availabilityZone: 'eu-central-1b' }),
      'c: votes from eu-central-1b, but is configured in eu-central-1c',
    ],
  ])('%s', (code, other, word) => {
    const votes = [vote('b'), ...(other === null ? [] : [other])];
    const state = { epoch: 4, primary: 'db-1' };
    expect(ballotsOf({ cluster, monitors: config.monitors, state, votes, nowMs: NOW })[2]).toMatchObject(
      code === 'blind' ? { counts: true, vote: other } : { counts: false, code },
    );
    const agreement = agree(votes);
    expect(agreement).toMatchObject({ agreed: false, code: 'no-quorum' });
    expect(agreement.because).toContain('b: dead');
    expect(agreement.because).toContain(word);
  });
});

describe('a vote is fresh', () => {
  const { detection } = cluster;

  it.each<[string, Verdict, number, boolean]>([
    ['dead, at the end of its life', 'dead', -voteLifetimeMs(detection, 'dead'), true],
    ['not after it', 'dead', -voteLifetimeMs(detection, 'dead') - 1, false],
    ['dead, when the clock of its monitor is ahead by the bound', 'dead', MAX_CLOCK_SKEW_MS, true],
    ['not when that clock is further ahead', 'dead', MAX_CLOCK_SKEW_MS + 1, false],
  ])('%s', (_, verdict, offsetMs, fresh) => {
    expect(agree([vote('b'), vote('c', { verdict, atMs: NOW + offsetMs })]).agreed).toBe(fresh);
  });

  it('for two intervals or timeouts, the longer, and the skew of clocks', () => {
    expect(voteLifetimeMs({ intervalMs: 500, timeoutMs: 2_000, failures: 1 }, 'dead')).toBe(5_000);
    expect(voteLifetimeMs({ intervalMs: 1_000, timeoutMs: 300, failures: 1 }, 'dead')).toBe(3_000);
  });

  it.each<Verdict>(['alive', 'suspect', 'blind'])(
    'for as much longer as it is repeated later, when it is %s',
    (other) => {
      expect(voteLifetimeMs(detection, other)).toBe(voteLifetimeMs(detection, 'dead') + VOTE_REPEAT_MS);
    },
  );

  it('when the change that it started has made the epoch one higher', () => {
    expect(agree([vote('b'), vote('c', { epoch: 5 })]).agreed).toBe(true);
  });
});

describe('monitors of the zone of the primary alone', () => {
  it('do not agree, since their zone may be cut off', () => {
    const monitors = monitorsOf('a', 'a', 'b');
    const votes = ['a', 'b'].map((id) => vote(id, { availabilityZone: 'eu-central-1a' }));
    expect(agree(votes, { monitors })).toEqual({
      agreed: false,
      code: 'only-the-primary-zone',
      because:
        'only monitors in eu-central-1a, the zone of db-1, miss it; their zone may be cut off (a: dead, b: dead, c: has not voted)',
    });
    expect(agree([...votes, vote('c', { availabilityZone: 'eu-central-1b' })], { monitors }).agreed).toBe(true);
  });

  it('do not agree even when a vote claims to come from elsewhere', () => {
    const monitors = monitorsOf('a', 'a', 'b');
    const votes = [vote('a'), vote('b', { availabilityZone: 'eu-central-1b' })];
    expect(agree(votes, { monitors })).toMatchObject({ agreed: false, code: 'no-quorum' });
  });
});

describe('a primary that the configuration does not know', () => {
  it('is never agreed upon: nobody knows where it stands', () => {
    const votes = ['b', 'c'].map((id) => vote(id, { primary: 'db-9' }));
    expect(agree(votes, { state: { epoch: 4, primary: 'db-9' } })).toMatchObject({
      agreed: false,
      code: 'unknown-primary',
      because: expect.stringContaining('db-9'),
    });
  });
});

describe('[invariant 7] while a deployment is replaced, each reader counts by its own configuration:', () => {
  const five = monitorsOf('a', 'b', 'c', 'a', 'b');
  const deadOf = (monitors: QuorumInput['monitors'], ...ids: string[]) =>
    monitors.filter((each) => ids.includes(each.id)).map(({ id, availabilityZone }) => vote(id, { availabilityZone }));

  it('when two of five are removed, two that miss the primary are a majority for the new one and not for the old', () => {
    const votes = deadOf(five, 'b', 'c');
    expect(agree(votes, { monitors: five }).agreed).toBe(false);
    expect(agree(votes, { monitors: five.slice(0, 3) }).agreed).toBe(true);
  });

  it('what removed monitors still say counts for nothing, for or against', () => {
    const votes = [...deadOf(five, 'd', 'e'), vote('a', { verdict: 'alive' }), ...deadOf(five, 'c')];
    expect(agree(votes, { monitors: five }).agreed).toBe(true);
    expect(agree(votes, { monitors: five.slice(0, 3) })).toMatchObject({ agreed: false, code: 'no-quorum' });
  });

  it('what a smaller configuration loses is witnesses, so the ones that are left still have their veto', () => {
    const witnesses = [witness({ receiver: 'receiving', silentMs: 0 })];
    const votes = [vote('a', { verdict: 'alive', witnesses }), ...deadOf(five, 'b', 'c')];
    expect(agree(votes, { monitors: five.slice(0, 3) })).toMatchObject({ code: 'a-replica-hears-it' });
  });

  it('when two are added, those who run already do not agree until a majority of all does', () => {
    const votes = deadOf(five, 'b', 'c');
    expect(agree(votes, { monitors: five.slice(0, 3) }).agreed).toBe(true);
    expect(agree(votes, { monitors: five })).toMatchObject({ agreed: false, code: 'no-quorum' });
    expect(agree([...votes, ...deadOf(five, 'e')], { monitors: five }).agreed).toBe(true);
  });

  it('no reader of either configuration agrees while fewer than a majority of its own miss the primary', () => {
    const found = counterexample([fc.subarray(['a', 'b', 'c', 'd', 'e'])], (missing) => {
      const votes = deadOf(five, ...missing);
      return [five, five.slice(0, 3)].every((monitors) => {
        const own = monitors.filter((each) => missing.includes(each.id));
        return own.length >= majorityOf(monitors) || !agree(votes, { monitors }).agreed;
      });
    });
    expect(found).toBeNull();
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

  it.each([
    [9, 'db-3 received from db-1 9 ms before monitor c asked it'],
    [null, 'db-3 received from db-1 at an unknown time before monitor c asked it'],
  ])('and says who heard it and when: %s', (silentMs, because) => {
    expect(agree(withWitness({ receiver: 'receiving', silentMs })).because).toBe(because);
  });

  it('also when a monitor that does not miss the primary reports it', () => {
    const witnesses = [witness({ receiver: 'receiving', silentMs: 0 })];
    expect(agree([vote('a', { verdict: 'suspect', witnesses }), vote('b'), vote('c')])).toMatchObject({
      code: 'a-replica-hears-it',
    });
  });

  const hearing = [witness({ receiver: 'receiving', silentMs: 0 })];
  const silent = [witness({ receiver: 'connecting' })];

  it('not when that report is stale', () => {
    const stale = vote('a', { atMs: 0, witnesses: hearing });
    expect(agree([stale, vote('b'), vote('c')]).agreed).toBe(true);
  });

  it('also between two votes of a monitor that sees it alive, which come less often', () => {
    const lastWord = vote('a', { verdict: 'alive', atMs: NOW - VOTE_REPEAT_MS, witnesses: hearing });
    const others = ['b', 'c'].map((id) => vote(id, { witnesses: [witness({ reachable: false, receiver: null })] }));
    expect(agree([lastWord, ...others])).toMatchObject({ agreed: false, code: 'a-replica-hears-it' });
  });

  it.each<[string, Partial<Vote>, boolean]>([
    ['one that misses the primary found it silent later, by more than clocks differ', {}, true],
    ['one found it silent, but not so much later', { atMs: NOW - 4_000 + MAX_CLOCK_SKEW_MS }, false],
    ['one that found it silent does not miss the primary', { verdict: 'suspect' }, false],
    ['one found another replica silent', { witnesses: [witness({ nodeId: 'db-3' })] }, false],
    ['one could not ask it later', { witnesses: [witness({ reachable: false, receiver: null })] }, false],
    ['one found it receiving later', { witnesses: hearing }, false],
  ])('which a report of a lost monitor does not have, or has, when %s', (_, later, agreed) => {
    const monitors = monitorsOf('a', 'b', 'c', 'b', 'c');
    const lost = vote('a', { verdict: 'alive', atMs: NOW - 4_000, witnesses: hearing });
    const witnesses = [witness({ reachable: false, receiver: null })];
    const dead = ['b', 'c', 'd', 'e'].map((id, index) =>
      vote(id, { availabilityZone: monitors[index + 1]!.availabilityZone, witnesses }),
    );
    const knowing = { ...dead[0]!, witnesses: silent, ...later };
    expect(agree([lost, knowing, ...dead.slice(1)], { monitors }).agreed).toBe(agreed);
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
  const silent = { receiver: 'receiving', silentMs: 9_000, received: '0-1-100', heartbeats: 7 } as const;
  const votes = ['b', 'c'].map((id) => vote(id, { witnesses: [witness({ nodeId: 'db-2', ...silent })] }));

  it.each([
    [
      'has a veto when it received more since the votes',
      [seen('db-2', { receiver: 'receiving', received: '0-1-101' })],
      true,
    ],
    ['has a veto when only a heartbeat came since', [seen('db-2', { receiver: 'receiving', heartbeats: 8 })], true],
    ['has none when it received nothing more', [seen('db-2', { receiver: 'receiving' })], false],
    ['has a veto when no monitor knows it', [seen('db-3', { receiver: 'receiving' })], true],
    ['has none when its receiver hears nothing', [seen('db-3', { receiver: 'connecting' })], false],
    ['has none when it does not answer', [missing('db-2'), missing('db-3')], false],
    ['has none when it is no replica', [seenServer('db-2', { replica: null })], false],
  ])('%s', (_, live, veto) => {
    expect(agree(votes, { live }).agreed).toBe(!veto);
  });
});

describe('replicas that are asked just now', () => {
  it('give one sentence, whichever comes first', () => {
    const live = ['db-2', 'db-3'].map((id) => seen(id, { receiver: 'receiving', received: '0-1-200' }));
    const votes = [vote('b'), vote('c')];
    expect(agree(votes, { live }).because).toBe('db-2 has received more from db-1 since the monitors voted');
    expect(agree(votes, { live: live.toReversed() })).toEqual(agree(votes, { live }));
  });
});

describe('a zone that is cut off', () => {
  const ZONE = 'eu-central-1a';
  // db-1, the primary, and db-2 stand in zone a; db-3 in zone b. Monitor a is inside, b and c are outside.
  const spread = exampleCluster({
    nodes: nodesInput((id) => ({ availabilityZone: id === 'db-3' ? 'eu-central-1b' : ZONE })),
  });
  const hearing = witness({ nodeId: 'db-2', receiver: 'receiving', silentMs: 0 });
  const lost = (nodeId: string) => witness({ nodeId, reachable: false, receiver: null, silentMs: null });
  const inside = (changes: Partial<Vote> = {}) =>
    vote('a', { verdict: 'alive', witnesses: [hearing, lost('db-3')], ...changes });
  const outside = (id: string, changes: Partial<Vote> = {}) =>
    vote(id, { witnesses: [lost('db-2'), witness({ nodeId: 'db-3' })], ...changes });
  const judge = (votes: readonly Vote[], changes: Partial<QuorumInput> = {}) =>
    agree(votes, { cluster: spread, ...changes });

  it('does not veto by what is heard inside it alone', () => {
    expect(judge([inside(), outside('b'), outside('c')])).toEqual({
      agreed: true,
      loss: 'dead',
      voters: ['b', 'c'],
      setAside: ['a'],
      because:
        'monitors b, c of 3 miss db-1, and only inside eu-central-1a, which nobody outside reaches, a replica hears it (seen by a)',
    });
  });

  it.each<[string, string, Vote[]]>([
    ['a monitor outside reaches a replica of the zone', 'b', [outside('b', { witnesses: [witness(), lost('db-3')] })]],
    ['a monitor outside contradicts itself', 'b', [outside('b', { witnesses: [lost('db-2'), witness()] })]],
    ['a monitor outside has not asked a replica of the zone', 'b', [outside('b', { witnesses: [] })]],
    ['a monitor outside sees the primary', 'b', [outside('b', { verdict: 'alive' })]],
    ['a monitor outside is blind', 'b', [outside('b', { verdict: 'blind' })]],
    ['a monitor outside is silent', 'b', []],
    ['the monitor inside does not say alive', 'a', [inside({ verdict: 'suspect' })]],
    ['the replica that hears it stands outside', 'a', [inside({ witnesses: [{ ...hearing, nodeId: 'db-3' }] })]],
  ])('keeps its veto when %s', (_, monitor, votes) => {
    // Six monitors, so that those outside are a majority without the one that differs.
    const monitors = monitorsOf('a', 'b', 'c', 'b', 'c', 'b');
    const standing = (id: string) => ({ availabilityZone: monitors.find((each) => each.id === id)!.availabilityZone });
    const well = [inside(), ...['b', 'c', 'd', 'e', 'f'].map((id) => outside(id, standing(id)))];
    const replaced = well.filter((each) => each.monitor !== monitor);
    expect(judge(well, { monitors }).agreed).toBe(true);
    expect(judge([...replaced, ...votes], { monitors })).toMatchObject({ agreed: false, code: 'a-replica-hears-it' });
  });

  it('names everybody inside who hears it', () => {
    const monitors = monitorsOf('a', 'b', 'c', 'a', 'b');
    const votes = [
      inside({ monitor: 'd' }),
      inside(),
      outside('b'),
      outside('c'),
      outside('e', { availabilityZone: 'eu-central-1b' }),
    ];
    const agreement = judge(votes, { monitors: monitors.toReversed() });
    expect(agreement).toMatchObject({ agreed: true, setAside: ['a', 'd'] });
    expect(agreement.because).toContain('(seen by a, d)');
  });

  it('keeps its veto when those outside are no majority by themselves', () => {
    const monitors = monitorsOf('a', 'b', 'c', 'a');
    const votes = [inside(), outside('b'), outside('c'), vote('d', { availabilityZone: ZONE, witnesses: [] })];
    expect(judge(votes, { monitors })).toMatchObject({ agreed: false, code: 'a-replica-hears-it' });
  });

  it('keeps its veto when the reader itself reaches a replica of it that receives', () => {
    const live = [seen('db-2', { receiver: 'receiving', received: '0-1-101' })];
    expect(judge([inside(), outside('b'), outside('c')], { live }).agreed).toBe(false);
  });

  it('is none when all servers stand in it and the monitors outside reach the replicas', () => {
    const votes = [inside({ witnesses: [hearing] }), vote('b'), vote('c')];
    expect(agree(votes)).toMatchObject({ agreed: false, code: 'a-replica-hears-it' });
  });
});

describe('[invariant 7] whatever the votes', () => {
  const five = monitorsOf('a', 'b', 'c', 'a', 'b');
  const anyVerdict = fc.constantFrom<Verdict[]>('dead', 'dead', 'dead', 'dead', 'alive', 'suspect', 'blind');
  const anyWitness: fc.Arbitrary<Witness> = fc
    .record({
      nodeId: fc.constantFrom('db-2', 'db-3'),
      reachable: fc.boolean(),
      receiver: fc.constantFrom(null, 'connecting' as const, 'connecting' as const, 'receiving' as const),
      silentMs: fc.constantFrom(null, 0, 1_999, 2_000),
    })
    .map(witness);
  const hearsNothing = (each: Vote) => each.witnesses.every((one) => one.receiver !== 'receiving');
  const anyVote = fc
    .record({
      monitor: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'z'),
      verdict: anyVerdict,
      epoch: fc.constantFrom(4, 4, 4, 4, 4, 3, 5),
      primary: fc.constantFrom('db-1', 'db-1', 'db-1', 'db-1', 'db-1', 'db-1', 'db-2'),
      atMs: fc.constantFrom(...[0, 0, 0, 0, -1_000, -2_500, -6_000, -60_000, 1_001].map((ms) => NOW + ms)),
      witnesses: fc.array(anyWitness, { maxLength: 2 }),
    })
    .map((each) =>
      vote(each.monitor, {
        ...each,
        availabilityZone: five.find((one) => one.id === each.monitor)?.availabilityZone ?? 'eu-central-1c',
      }),
    );
  const oneEach = fc.uniqueArray(anyVote, { minLength: 2, selector: (each) => each.monitor });
  /** Zone a, with `db-1` and `db-2`, is cut off: those outside miss it all. One vote, or none, is any other. */
  const cutOff = fc.array(anyVote, { maxLength: 1 }).map((others) => {
    const [other] = others;
    const votes = five.map(({ id, availabilityZone }) =>
      availabilityZone === 'eu-central-1a'
        ? vote(id, { availabilityZone, verdict: 'alive', witnesses: [witness({ receiver: 'receiving', silentMs: 0 })] })
        : vote(id, {
            availabilityZone,
            witnesses: [witness({ reachable: false, receiver: null }), witness({ nodeId: 'db-3' })],
          }),
    );
    return [...votes.filter((each) => each.monitor !== other?.monitor), ...others];
  });
  const anyVotes = fc.oneof(oneEach, cutOff);
  // Half of the time the replicas stand in two zones, so that setting aside a veto is tried too.
  const anyCluster = fc.constantFrom(
    cluster,
    exampleCluster({ nodes: nodesInput((id) => ({ availabilityZone: `eu-central-1${id === 'db-3' ? 'b' : 'a'}` })) }),
  );
  const judge = (votes: readonly Vote[], of = cluster) => agree(votes, { cluster: of, monitors: five });

  it('the votes that are generated agree, disagree and are set aside often enough to mean something', () => {
    const answers = fc
      .sample(fc.tuple(anyVotes, anyCluster), { numRuns: 1_000, seed: 7 })
      .map(([votes, of]) => judge(votes, of));
    expect(answers.filter((each) => each.agreed && each.setAside.length === 0).length).toBeGreaterThan(20);
    expect(answers.filter((each) => each.agreed && each.setAside.length > 0).length).toBeGreaterThan(20);
    expect(answers.filter((each) => !each.agreed && each.code === 'a-replica-hears-it').length).toBeGreaterThan(20);
  });

  it('fewer than a majority that say dead, truly or not, never make an agreement', () => {
    const found = counterexample([fc.array(anyVote, { maxLength: 8 }), anyCluster], (votes, of) => {
      const voters = new Set(votes.filter((each) => each.verdict === 'dead').map((each) => each.monitor));
      fc.pre(voters.size < 3);
      return !judge(votes, of).agreed;
    });
    expect(found).toBeNull();
  });

  it('a minority that is silent, blind, stale or lies never makes an agreement on a primary that the others see', () => {
    const broken = fc.uniqueArray(anyVote, { maxLength: 2, selector: (each) => each.monitor });
    const found = counterexample([broken, fc.constantFrom<Verdict[]>('alive', 'suspect')], (minority, verdict) => {
      const sound = five
        .filter(({ id }) => !minority.some((each) => each.monitor === id))
        .map(({ id, availabilityZone }) => vote(id, { availabilityZone, verdict, witnesses: [] }));
      return !judge([...sound, ...minority]).agreed;
    });
    expect(found).toBeNull();
  });

  it('losing monitors never makes those who are left agree, unless what is lost was a veto', () => {
    const found = counterexample([anyVotes, fc.func(fc.boolean()), anyCluster], (votes, isLost, of) => {
      const left = votes.filter((each) => !hearsNothing(each) || !isLost(each.monitor));
      return judge(votes, of).agreed || !judge(left, of).agreed;
    });
    expect(found).toBeNull();
  });

  it('a dead that reports no hearing replica, taken away, never makes an agreement', () => {
    const found = counterexample([anyVotes, fc.nat(5), anyCluster], (votes, index, of) => {
      const taken = votes[index];
      fc.pre(taken?.verdict === 'dead' && hearsNothing(taken));
      return (
        judge(votes, of).agreed ||
        !judge(
          votes.filter((each) => each !== taken),
          of,
        ).agreed
      );
    });
    expect(found).toBeNull();
  });

  it('another verdict, added, never makes an agreement', () => {
    const found = counterexample([anyVotes, anyVote, anyCluster], (votes, added, of) => {
      fc.pre(added.verdict !== 'dead' && votes.every((each) => each.monitor !== added.monitor));
      return judge(votes, of).agreed || !judge([...votes, added], of).agreed;
    });
    expect(found).toBeNull();
  });

  it('a verdict other than dead, in place of a dead one with the same reports, never makes an agreement', () => {
    const found = counterexample([anyVotes, fc.nat(5), anyVerdict], (votes, index, verdict) => {
      const changed = votes.map((each, at) => (at === index && each.verdict === 'dead' ? { ...each, verdict } : each));
      return judge(votes).agreed || !judge(changed).agreed;
    });
    expect(found).toBeNull();
  });

  it('two of one monitor at one instant are one, whichever comes first, and rather one that does not call for a change', () => {
    for (const verdict of ['alive', 'suspect'] as const) {
      const both = [vote('c'), vote('c', { verdict })];
      expect(agree([vote('b'), ...both])).toEqual(agree([...both.toReversed(), vote('b')]));
      expect(agree([vote('b'), ...both])).toMatchObject({ agreed: false, code: 'no-quorum' });
    }
  });

  it('their order does not matter, nor does that of what they report, not even for the sentence', () => {
    const votesAtTimes = fc.uniqueArray(anyVote, { maxLength: 4, selector: (each) => `${each.monitor} ${each.atMs}` });
    const found = counterexample([votesAtTimes, anyCluster], (votes, of) => {
      const answers = permutations(votes).map((order) =>
        judge(
          order.map((each) => ({ ...each, witnesses: [...each.witnesses].reverse() })),
          of,
        ),
      );
      return new Set([...answers, judge(votes, of)].map((each) => JSON.stringify(each))).size === 1;
    });
    expect(found).toBeNull();
  });
});
