import { describe, expect, it } from 'vitest';
import type { ClusterConfig } from '../../lib/core/config.ts';
import type { LoserCode } from '../../lib/core/elect.ts';
import type { NodeObservation } from '../../lib/core/observation.ts';
import { exampleCluster, nodesInput } from '../fakes/example-config.ts';
import { asynchronous, choose, clusterOf, losers, opened, outcome, promotions, sentence, sight } from './elections.ts';
import { missing, NOW, replica, seen, seenServer, semiSync } from './examples.ts';

const mysqlId = (n: number) => `${n}`.repeat(8) + '-0000-0000-0000-000000000000';

describe('a replica can not be elected', () => {
  it.each<[string, LoserCode, NodeObservation[], ClusterConfig, string]>([
    [
      'that does not answer',
      'unreachable',
      [missing('db-2')],
      asynchronous(),
      'db-2 does not answer (timeout: no answer within 2000 ms)',
    ],
    ['that was not asked', 'unreachable', [], asynchronous(), 'db-2 was not asked'],
    ['that is none', 'not-a-replica', [seenServer('db-2', { replica: null })], asynchronous(), 'db-2 is not a replica'],
    [
      'that follows another source',
      'other-source',
      [seen('db-2', { sourceHost: '10.9.9.9' })],
      exampleCluster(),
      'db-2 replicates from 10.9.9.9, not from 10.0.1.11',
    ],
    [
      'that keeps no binary log of what it applies',
      'not-a-source',
      [seenServer('db-2', { canBeSource: false })],
      exampleCluster(),
      'db-2 has no binary log of replicated changes',
    ],
    [
      'that filters what others do not',
      'filtered',
      [seen('db-2', { filters: ['Replicate_Ignore_DB: scratch'] })],
      exampleCluster(),
      'db-2 has replication filters that others lack (Replicate_Ignore_DB: scratch), so it lacks data',
    ],
    [
      'that has what did not come from the primary',
      'errant',
      [seen('db-2', { received: '0-2-101' })],
      exampleCluster(),
      'db-2 has transactions (0-2-101) that did not come from db-1',
    ],
    [
      'that is too new for another to follow',
      'newer-than-replicas',
      [seenServer('db-2', { version: '11.4.2-MariaDB-log' })],
      exampleCluster(),
      'db-2 runs 11.4, too new for db-3 (10.11) to follow it',
    ],
    [
      'that is marked never',
      'never',
      [seen('db-2')],
      promotions({ 'db-2': 'never' }),
      'db-2 is marked never to be promoted',
    ],
    [
      'that has stopped applying',
      'applier-stopped',
      [seen('db-2', { applier: 'stopped', lastError: 'error 1062' })],
      exampleCluster(),
      'db-2 has stopped applying (error 1062)',
    ],
    [
      'that is too many seconds behind',
      'too-far-behind',
      [seen('db-2', { lagSeconds: 61 })],
      exampleCluster(),
      'db-2 is 61 s behind, more than the 60 s allowed',
    ],
    [
      'that has too much to apply',
      'too-far-behind',
      [seenServer('db-2', { executed: '0-1-89' })],
      exampleCluster({ election: { maxLagTransactions: 10 } }),
      'db-2 has 11 transactions still to apply, more than the 10 allowed',
    ],
  ])('%s', (_, code, observations, cluster, because) => {
    const election = choose([...observations, seen('db-3')], { cluster });
    expect(outcome(election)).toBe('db-3');
    expect(election.losers).toEqual([{ nodeId: 'db-2', code, because }]);
  });

  it('that is too many seconds behind by the beats, when its source is gone and it says nothing itself', () => {
    const silent = (beatAtMs: number) => ({ replica: replica({ lagSeconds: null }), beatAtMs });
    const election = choose([seenServer('db-2', silent(NOW - 61_000)), seenServer('db-3', silent(NOW - 1_000))], {
      lastSeen: sight({ beatAtMs: NOW }),
    });
    expect(outcome(election)).toBe('db-3');
    expect(election.losers).toEqual([
      { nodeId: 'db-2', code: 'too-far-behind', because: 'db-2 is 61 s behind, more than the 60 s allowed' },
    ]);
  });

  it('whatever is in its way, of several the first is told', () => {
    const election = choose([
      seen('db-2', { applier: 'stopped', lagSeconds: 99, sourceHost: '10.9.9.9' }),
      seen('db-3'),
    ]);
    expect(losers(election)).toEqual({ 'db-2': 'other-source' });
  });

  it('but exactly at both lag limits it can', () => {
    const election = { maxLagTransactions: 10, maxLagSeconds: 60 };
    const atLimits = seenServer('db-2', { executed: '0-1-90', replica: replica({ lagSeconds: 60 }) });
    expect(outcome(choose([atLimits, missing('db-3')], { cluster: asynchronous(election) }))).toBe('db-2');
  });

  it('but with filters that all the others have it can', () => {
    const filters = ['Replicate_Ignore_DB: scratch'];
    const more = [...filters, 'Replicate_Ignore_DB: mysql'];
    expect(outcome(choose([seen('db-2', { filters }), seen('db-3', { filters })]))).toBe('db-2');
    expect(losers(choose([seen('db-2', { filters }), seen('db-3', { filters: more })]))).toEqual({
      'db-3': 'filtered',
    });
    const [two, three, four] = ['db-2', 'db-3', 'db-4'].map((id) => seen(id, id === 'db-4' ? {} : { filters }));
    const most = choose([two!, three!, four!], { cluster: clusterOf(4, { semiSync: 'off' }) });
    expect(losers(most)).toEqual({ 'db-2': 'filtered', 'db-3': 'filtered' });
    const alone = choose([seen('db-2', { filters }), missing('db-3')], { cluster: asynchronous() });
    expect(losers(alone)).toEqual({ 'db-2': 'filtered', 'db-3': 'unreachable' });
  });

  it('but an older or equal release series can be followed by a newer, whatever its patch release', () => {
    const versions = (a: string, b: string) => [seenServer('db-2', { version: a }), seenServer('db-3', { version: b })];
    expect(outcome(choose(versions('10.11.19-MariaDB', '11.4.2-MariaDB')))).toBe('db-2');
    expect(outcome(choose(versions('10.11.19-MariaDB', '10.11.6-MariaDB')))).toBe('db-2');
  });

  it('but what carries the identity of the primary is not errant, though nobody saw it there', () => {
    const [early, late] = [seen('db-2', { received: '0-1-100' }), seen('db-3', { received: '0-1-107' })];
    expect(outcome(choose([early, late]))).toBe('db-3');
  });

  it('and a server beside it that is no replica excuses nothing', () => {
    const aside = opened('db-3', '0-1-50', true);
    const errant = choose([seen('db-2', { received: '0-2-101' }), aside], { cluster: asynchronous() });
    expect(losers(errant)).toEqual({ 'db-2': 'errant', 'db-3': 'not-a-replica' });
    const filters = ['Replicate_Ignore_DB: scratch'];
    const filtered = choose([seen('db-2', { filters }), aside], { cluster: asynchronous() });
    expect(losers(filtered)).toEqual({ 'db-2': 'filtered', 'db-3': 'not-a-replica' });
  });

  it('but nothing is errant when nobody saw the primary, and the caveat says so', () => {
    const observations = [seen('db-2', { received: '0-2-101', semiSync: false }), seen('db-3')];
    const election = choose(observations, { lastSeen: null });
    expect(election).toMatchObject({
      winner: 'db-2',
      caveats: [
        'no monitor saw db-1, so neither errant transactions nor a loss can be told',
        'semi-sync is taken to have been in force, as configured',
      ],
    });
  });

  it('names all that could not follow one that is too new, and all its filters', () => {
    const cluster = clusterOf(4, { semiSync: 'off' });
    const older = ['db-3', 'db-4'].map((id) => seen(id));
    expect(choose([seenServer('db-2', { version: '11.4.2' }), ...older], { cluster }).losers[0]).toMatchObject({
      because: 'db-2 runs 11.4, too new for db-3 (10.11), db-4 (10.11) to follow it',
    });
    expect(choose([seen('db-2', { filters: ['a: 1', 'b: 2'] }), ...older], { cluster }).losers[0]).toMatchObject({
      because: 'db-2 has replication filters that others lack (a: 1, b: 2), so it lacks data',
    });
  });

  it('names errant transactions of MySQL with their number', () => {
    const received = `${mysqlId(1)}:1-100,${mysqlId(2)}:1-412`;
    const cluster = exampleCluster({ engine: 'mysql' });
    const lastSeen = sight({ identity: mysqlId(1), executed: `${mysqlId(1)}:1-99` });
    const errant = seenServer('db-2', { executed: received, replica: replica({ received }) });
    const sound = seenServer('db-3', {
      executed: `${mysqlId(1)}:1-100`,
      replica: replica({ received: `${mysqlId(1)}:1-100` }),
    });
    expect(choose([errant, sound], { cluster, lastSeen })).toMatchObject({
      winner: 'db-3',
      losers: [{ because: `db-2 has 412 transactions (${mysqlId(2)}:1-412) that did not come from db-1` }],
    });
  });
});

describe('whoever can not be elected, a person is told what to do', () => {
  it.each<[string, NodeObservation, Partial<Parameters<typeof exampleCluster>[0]>, string]>([
    ['silent', missing('db-2'), {}, 'bring it back'],
    [
      'no replica',
      seenServer('db-2', { replica: null }),
      {},
      'let it replicate from the primary, or remove it from the configuration',
    ],
    [
      'of another source',
      seen('db-2', { sourceHost: '10.9.9.9' }),
      {},
      'let it replicate from the primary, or remove it from the configuration',
    ],
    ['no source', seenServer('db-2', { canBeSource: false }), {}, 'turn on log_bin and log_replica_updates'],
    ['filtering', seen('db-2', { filters: ['a: 1', 'b: 2'] }), {}, 'rebuild it without filters'],
    ['errant', seen('db-2', { received: '0-2-101' }), {}, 'look at what was written on it, and rebuild it'],
    ['too new', seenServer('db-2', { version: '11.4.2' }), {}, 'upgrade db-3, db-4'],
    [
      'never',
      seen('db-2'),
      { nodes: clusterOf(4).nodes.map((node) => ({ ...node, promotion: 'never' as const })) },
      'set its promotion to neutral, if it may be',
    ],
    [
      'not applying, on MariaDB',
      seen('db-2', { applier: 'stopped' }),
      {},
      'look before you start it, as MariaDB discards what was received but not applied',
    ],
    ['late', seen('db-2', { lagSeconds: 99 }), {}, 'let it catch up, or raise election.maxLagSeconds'],
    [
      'with a backlog',
      seenServer('db-2', { executed: '0-1-1' }),
      { election: { maxLagTransactions: 9 } },
      'let it catch up, or raise election.maxLagTransactions',
    ],
  ])('as it is %s', (_, it, changes, remedy) => {
    const unfit = ['db-3', 'db-4'].map((id) => seen(id, { applier: 'stopped' }));
    const election = choose([it, ...unfit], { cluster: clusterOf(4, { semiSync: 'off', ...changes }) });
    expect(sentence(election)).toMatch(/^promote nothing: db-2 /);
    expect(sentence(election)).toContain(` (${remedy}); db-3 `);
  });

  it('as it does not apply, on MySQL', () => {
    const received = `${mysqlId(1)}:1-9`;
    const cluster = exampleCluster({ engine: 'mysql' });
    const stopped = ['db-2', 'db-3'].map((id) =>
      seenServer(id, { executed: received, replica: replica({ received, applier: 'stopped' }) }),
    );
    expect(sentence(choose(stopped, { cluster, lastSeen: null }))).toContain(
      'db-2 has stopped applying (by hand) (repair what stopped it, and start it)',
    );
  });
});

describe('of two that can be elected the better wins', () => {
  const zones = (of: Record<string, string>) =>
    exampleCluster({ nodes: nodesInput((id) => ({ availabilityZone: of[id] ?? 'eu-central-1a' })) });

  it.each<[string, LoserCode, NodeObservation, NodeObservation, ClusterConfig, string]>([
    [
      'who has received more, whatever else',
      'fewer-transactions',
      seen('db-2', { received: '0-1-99' }),
      seen('db-3', { semiSync: false, lagSeconds: 9 }),
      promotions({ 'db-2': 'prefer' }),
      'db-2 lacks 1 transaction that db-3 has received',
    ],
    [
      'who acknowledges',
      'not-semi-sync',
      seen('db-2', { semiSync: false }),
      seen('db-3'),
      promotions({ 'db-2': 'prefer' }),
      'db-2 does not acknowledge, and db-3 does',
    ],
    [
      'who is preferred, though it has more to apply',
      'less-preferred',
      seen('db-2'),
      seenServer('db-3', { executed: '0-1-9', replica: replica({ lagSeconds: 9 }) }),
      promotions({ 'db-3': 'prefer' }),
      'db-3 is preferred to db-2',
    ],
    [
      'who stands outside the zone that failed',
      'same-zone',
      seen('db-2'),
      seen('db-3', { lagSeconds: 9 }),
      zones({ 'db-3': 'eu-central-1b' }),
      'db-2 is in the zone that failed, eu-central-1a',
    ],
    [
      'who has less to apply',
      'more-lag',
      seenServer('db-2', { executed: '0-1-96' }),
      seenServer('db-3', { executed: '0-1-97', replica: replica({ lagSeconds: 9 }) }),
      exampleCluster(),
      'db-2 has 4 transactions still to apply, db-3 3',
    ],
    [
      'who is fewer seconds behind',
      'more-lag',
      seen('db-2', { lagSeconds: 3 }),
      seen('db-3', { lagSeconds: 2 }),
      exampleCluster(),
      'db-2 is 3 s behind, db-3 2 s',
    ],
  ])('%s', (_, code, worse, better, cluster, because) => {
    const election = choose([worse, better], {
      cluster,
      lastSeen: sight({ acknowledging: [], semiSync: semiSync({ connectedReplicas: 0 }) }),
    });
    expect(outcome(election)).toBe('db-3');
    expect(election.losers).toEqual([{ nodeId: 'db-2', code, because }]);
  });

  it('and who acknowledged while the primary lived still counts as acknowledging when its receiver has stopped', () => {
    const stopped = { semiSync: false, receiver: 'stopped' } as const;
    const lastSeen = sight({ acknowledging: ['db-3'] });
    const election = choose([seen('db-2', stopped), seen('db-3', stopped)], { lastSeen });
    expect(losers(election)).toEqual({ 'db-2': 'not-semi-sync' });
  });

  it('or else the name decides, and says so', () => {
    const election = choose([seen('db-3'), seen('db-2')]);
    expect(outcome(election)).toBe('db-2');
    expect(election.losers).toEqual([
      { nodeId: 'db-3', code: 'name', because: 'db-3 is as good as db-2; the name decides' },
    ]);
  });
});

describe('[invariant 6] nobody is elected', () => {
  it('when nobody can be, with the reason of each and what to do', () => {
    const election = choose([missing('db-2'), seen('db-3', { applier: 'stopped' })]);
    expect(outcome(election)).toBe('no-candidate');
    expect(sentence(election)).toBe(
      'promote nothing: db-2 does not answer (timeout: no answer within 2000 ms) (bring it back); ' +
        'db-3 has stopped applying (by hand) (look before you start it, as MariaDB discards what was received but not applied); ' +
        'make one of them fit, then start the failover again',
    );
    expect(losers(election)).toEqual({ 'db-2': 'unreachable', 'db-3': 'applier-stopped' });
  });

  it('when each of two has what the other lacks, even if one could not be elected anyway', () => {
    const one = seen('db-2', { received: '0-1-99,1-1-5' });
    for (const other of [seen('db-3'), seen('db-3', { applier: 'stopped' })]) {
      const election = choose([one, other]);
      expect(outcome(election)).toBe('positions-unclear');
      expect(sentence(election)).toBe(
        'promote nothing: db-2 and db-3 each have transactions that the other lacks (1-1-5 and 0-1-100); ' +
          'find out which of them clients were promised, and rebuild the server that has the others, then start the failover again',
      );
    }
  });

  it('when two ended at one number with different servers, and nobody saw which the primary had', () => {
    const both = [seen('db-2'), seen('db-3', { received: '0-2-100' })];
    expect(outcome(choose(both, { lastSeen: null }))).toBe('positions-unclear');
    expect(choose(both)).toMatchObject({ winner: 'db-2', losers: [{ code: 'errant' }] });
  });

  it('when a replica that can not be elected has more than the best that can', () => {
    const cluster = promotions({ 'db-3': 'never' });
    const election = choose([seen('db-2', { received: '0-1-97' }), seen('db-3', { received: '0-1-509' })], { cluster });
    expect(outcome(election)).toBe('candidate-behind');
    expect(sentence(election)).toBe(
      'promote nothing: db-3 has 412 transactions that db-2 lacks, and db-3 is marked never to be promoted; ' +
        'set its promotion to neutral, if it may be, then start the failover again',
    );
  });

  it('when the best is too far behind, and no other has as much', () => {
    const best = seenServer('db-3', { executed: '0-1-7' });
    const cluster = exampleCluster({ election: { maxLagTransactions: 50 } });
    expect(sentence(choose([seen('db-2', { received: '0-1-99' }), best], { cluster }))).toBe(
      'promote nothing: db-3 has 1 transaction that db-2 lacks, and db-3 has 93 transactions still to apply, more than the 50 allowed; ' +
        'let it catch up, or raise election.maxLagTransactions, then start the failover again',
    );
  });

  it('when what is errant may hide more of the primary than the best has', () => {
    const election = choose([seen('db-2'), seen('db-3', { received: '0-3-105' })]);
    expect(outcome(election)).toBe('candidate-behind');
    expect(sentence(election)).toContain('db-3 may have up to 4 transactions that db-2 lacks');
  });

  it('when an errant replica of MySQL has more of the primary than the best has, to the number', () => {
    const cluster = exampleCluster({ engine: 'mysql' });
    const lastSeen = sight({ identity: mysqlId(1), executed: `${mysqlId(1)}:1-90` });
    const at = (id: string, received: string) => seenServer(id, { executed: received, replica: replica({ received }) });
    const observations = [at('db-2', `${mysqlId(1)}:1-96`), at('db-3', `${mysqlId(1)}:1-100,${mysqlId(3)}:1`)];
    expect(sentence(choose(observations, { cluster, lastSeen }))).toContain(
      'db-3 has 4 transactions that db-2 lacks, and db-3 has 1 transaction',
    );
  });

  it('when a position can not be read, with the place of the fault', () => {
    const election = choose([seen('db-2', { received: '0-1-' }), seenServer('db-3', { executed: 'x' })]);
    expect(outcome(election)).toBe('position-unreadable');
    expect(sentence(election)).toMatch(
      /of db-2 the MariaDB GTID position "0-1-" can't be read at offset 4.*; of db-3 .*; look at what the server says, then/,
    );
  });

  it('[invariant 1] when another server than the old primary is writable: an earlier change may have opened it', () => {
    const election = choose([seen('db-2'), opened('db-3')]);
    expect(outcome(election)).toBe('another-writable');
    expect(sentence(election)).toBe(
      'promote nothing: db-3 is writable already; find out which change opened it, and make it read-only or the primary, then start the failover again',
    );
  });
});

describe('a replica that is writable by mistake', () => {
  it('is no primary, and may become one', () => {
    const loose = seenServer('db-2', { readOnly: false });
    expect(outcome(choose([loose, seen('db-3')]))).toBe('db-2');
  });
});

describe('[invariant 1] whom a change that broke off was about to open', () => {
  const nominee = { nodeId: 'db-2', epoch: 5 };

  it('wins, though another is better', () => {
    const cluster = promotions({ 'db-3': 'prefer' });
    expect(choose([seen('db-2'), seen('db-3')], { cluster, nominee })).toMatchObject({
      winner: 'db-2',
      losers: [
        { nodeId: 'db-3', code: 'not-the-nominee', because: 'db-2, not db-3, was about to be opened under epoch 5' },
      ],
    });
  });

  it.each([
    ['when it is open already', opened('db-2', '0-2-107')],
    ['when its replica role is over and it is not yet open', opened('db-2', '0-1-100', true)],
  ])('wins %s, with what it has executed', (_, it) => {
    const follower = seen('db-3', { sourceHost: '10.0.1.12' });
    const election = choose([it, follower], { nominee });
    expect(election).toMatchObject({ winner: 'db-2', received: it.reachable ? it.server.executed : '' });
  });

  it('wins with writes of its own that the other has received too: they did not come from the old primary', () => {
    const follower = seen('db-3', { sourceHost: '10.0.1.12', received: '0-2-107' });
    expect(outcome(choose([opened('db-2', '0-2-107'), follower], { nominee }))).toBe('db-2');
  });

  it.each<[string, NodeObservation[], RegExp]>([
    [
      'when it can not be asked',
      [missing('db-2'), seen('db-3')],
      /^promote nothing: db-2 was about to be opened under epoch 5 and may be writable, so nobody else may be promoted, and db-2 does not answer \(timeout: no answer within 2000 ms\); bring it back; or make sure that db-2 takes no writes and give "dismiss": "db-2", then start the failover again$/,
    ],
    [
      'when it is unfit',
      [seen('db-2', { applier: 'stopped' }), seen('db-3')],
      /and db-2 has stopped applying \(by hand\); look before you start it/,
    ],
    [
      'when it is a replica still, and of another source',
      [seen('db-2', { sourceHost: '10.9.9.9' }), seen('db-3')],
      /and db-2 replicates from 10\.9\.9\.9, not from 10\.0\.1\.11; let it replicate/,
    ],
    [
      'when another has what it lacks',
      [opened('db-2', '0-1-98'), seen('db-3')],
      /and db-3 has 2 transactions that db-2 lacks; look at both; or make sure/,
    ],
  ])('keeps everybody from being promoted %s', (_, observations, because) => {
    const election = choose(observations, { nominee });
    expect(outcome(election)).toBe('nominee-unclear');
    expect(sentence(election)).toMatch(because);
  });

  const onMysql = (own: string, follower: string, isOpen: boolean) => {
    const cluster = exampleCluster({ engine: 'mysql' });
    const lastSeen = sight({ identity: mysqlId(1), executed: `${mysqlId(1)}:1-100` });
    const [it, other] = [`${mysqlId(1)}:1-100${own}`, `${mysqlId(1)}:1-100${follower}`];
    const observations = [
      seenServer('db-2', { executed: it, readOnly: !isOpen, replica: isOpen ? null : replica({ received: it }) }),
      seenServer('db-3', { executed: other, replica: replica({ received: other, sourceHost: '10.0.1.12' }) }),
    ];
    return choose(observations, { cluster, lastSeen, nominee });
  };

  it('and was opened has to have all that others have of itself, though none of it is of the old primary', () => {
    expect(outcome(onMysql(`,${mysqlId(2)}:1-5`, `,${mysqlId(2)}:1-5`, true))).toBe('db-2');
    const lost = onMysql(`,${mysqlId(2)}:1-3`, `,${mysqlId(2)}:1-5`, true);
    expect(outcome(lost)).toBe('nominee-unclear');
    expect(sentence(lost)).toContain('db-3 has 2 transactions that db-2 lacks');
  });

  it('and was not opened yet wins over one that has errant transactions', () => {
    expect(outcome(onMysql('', `,${mysqlId(3)}:1`, false))).toBe('db-2');
  });

  it('keeps everybody from being promoted when it is no replica of the configuration', () => {
    const election = choose([seen('db-2'), seen('db-3')], { nominee: { nodeId: 'db-9', epoch: 5 } });
    expect(outcome(election)).toBe('nominee-unclear');
    expect(sentence(election)).toContain('and db-9 is no replica in the configuration; look at it');
  });

  it('may be writable, but no other may', () => {
    expect(outcome(choose([opened('db-2'), opened('db-3')], { nominee }))).toBe('another-writable');
  });
});

describe('[invariant 3] with semi-sync nothing acknowledged is lost', () => {
  const five = clusterOf(5);
  const asynchronousFive = clusterOf(5, { semiSync: 'off' });
  const acknowledging = ['db-2', 'db-3', 'db-4', 'db-5'];
  const seenWith = (requiredAcks: number, connectedReplicas = 4) =>
    sight({ acknowledging, semiSync: semiSync({ requiredAcks, connectedReplicas }) });
  const answers = (...silent: string[]) => acknowledging.map((id) => (silent.includes(id) ? missing(id) : seen(id)));

  it('so nobody is elected while a replica that may hold more can not be asked', () => {
    const election = choose([seen('db-2'), missing('db-3')]);
    expect(outcome(election)).toBe('replica-missing');
    expect(sentence(election)).toBe(
      "promote nothing: what was received can't be said by db-3 (no answer); a write is acknowledged once 1 replica has it, so acknowledged writes may be there that db-2 lacks; " +
        'bring back db-3, then start the failover again',
    );
  });

  it.each([
    [1, [], 'db-4'],
    [1, ['db-5'], 'replica-missing'],
    [2, ['db-5'], 'db-4'],
    [2, ['db-5', 'db-3'], 'replica-missing'],
    [3, ['db-5', 'db-3'], 'db-4'],
    [3, ['db-5', 'db-3', 'db-2'], 'replica-missing'],
    [0, ['db-5'], 'semi-sync-not-in-force'],
  ])('with %i acknowledgements required and %j silent: %s', (requiredAcks, silent, expected) => {
    expect(outcome(choose(answers(...silent), { cluster: five, lastSeen: seenWith(requiredAcks) }))).toBe(expected);
  });

  it('and one that is tolerated is told of', () => {
    const election = choose(answers('db-5'), { cluster: five, lastSeen: seenWith(2) });
    expect(election).toMatchObject({
      caveats: [
        "what was received can't be said by db-5 (no answer), but each acknowledged write is on 2 replicas, and so on one that answers",
      ],
    });
    const refused = choose(answers('db-5', 'db-3'), { cluster: five, lastSeen: seenWith(2) });
    expect(sentence(refused)).toContain(
      "what was received can't be said by db-3 (no answer), db-5 (no answer); a write is acknowledged once 2 replicas have it",
    );
    expect(sentence(refused)).toContain('; bring back db-3 or db-5, then');
  });

  it('one is taken to be required where nobody saw the primary', () => {
    expect(outcome(choose(answers('db-5'), { cluster: five, lastSeen: null }))).toBe('replica-missing');
    expect(outcome(choose(answers(), { cluster: five, lastSeen: null }))).toBe('db-4');
  });

  it('one that is a replica no more can not say what it had received', () => {
    const election = choose([seen('db-2'), opened('db-3', '0-1-50', true)]);
    expect(outcome(election)).toBe('replica-missing');
    expect(sentence(election)).toMatch(
      / by db-3 \(no replica any more\); .*; bring db-1 back, which has them, or accept/,
    );
  });

  it.each([
    ['since the primary was last seen', 2, 'replica-missing'],
    ['at the same time, as far as clocks tell', 3, 'replica-missing'],
    ['before, as what it lost it has fetched again', 4, 'db-2'],
  ])('one that was started %s', (_, uptimeSeconds, expected) => {
    const election = choose([seen('db-2'), seenServer('db-3', { uptimeSeconds })]);
    expect(outcome(election)).toBe(expected);
  });

  it('one that was started again is told of, and what can be done then', () => {
    const again = choose([seen('db-2'), seenServer('db-3', { uptimeSeconds: 2 })]);
    expect(sentence(again)).toContain("what was received can't be said by db-3 (started since db-1 was last seen); ");
    expect(sentence(again)).toContain('; bring db-1 back, which has them, or accept their loss by semiSync: off, then');
    const never = choose([seen('db-2'), seenServer('db-3', { uptimeSeconds: 2 })], { lastSeen: null });
    expect(outcome(never)).toBe('db-2');
  });

  it('one that follows another by now can, as it had to apply all before', () => {
    expect(outcome(choose([seen('db-2'), seen('db-3', { sourceHost: '10.0.1.12' })]))).toBe('db-2');
  });

  it('a replica that was connected and is in no configuration may hold more', () => {
    const election = choose(answers(), { cluster: five, lastSeen: seenWith(1, 5) });
    expect(outcome(election)).toBe('replica-missing');
    expect(sentence(election)).toContain(
      "what was received can't be said by 1 semi-sync replica that nobody configured;",
    );
    expect(outcome(choose(answers(), { cluster: five, lastSeen: seenWith(2, 5) }))).toBe('db-4');
  });

  it('of several that are missing all are named, and who of them may help', () => {
    const one = choose(answers('db-5', 'db-3'), { cluster: five, lastSeen: seenWith(1) });
    expect(sentence(one)).toContain('; bring back db-3 and db-5, then');
    const two = choose(answers('db-3', 'db-5'), { cluster: asynchronousFive, lastSeen: seenWith(1) });
    expect(two).toMatchObject({ caveats: [expect.stringContaining('db-3 (no answer), db-5 (no answer), so there')] });
    // Whoever comes back, the strangers alone may hold a write.
    const strangers = choose(answers('db-5'), { cluster: five, lastSeen: seenWith(2, 6) });
    expect(sentence(strangers)).toContain('by db-5 (no answer), 2 semi-sync replicas that nobody configured;');
    expect(sentence(strangers)).toContain('; bring db-1 back, which has them, or');
  });

  it('a node that was seen to acknowledge and is silent by now leaves the stranger a stranger', () => {
    expect(outcome(choose(answers('db-5'), { cluster: five, lastSeen: seenWith(2, 5) }))).toBe('replica-missing');
    expect(outcome(choose(answers('db-5'), { cluster: five, lastSeen: seenWith(3, 5) }))).toBe('db-4');
  });

  it('a node that is silent by now is not counted as a stranger too', () => {
    const lastSeen = sight({
      acknowledging: ['db-2', 'db-3', 'db-4'],
      semiSync: semiSync({ requiredAcks: 2, connectedReplicas: 4 }),
    });
    expect(outcome(choose(answers('db-5'), { cluster: five, lastSeen }))).toBe('db-4');
  });

  it.each([
    ['with semi-sync off', { enabled: false }],
    ['to go on alone after 10000 ms', { timeoutMs: 10_000 }],
    ['to go on alone when no replica is connected', { waitsWithoutReplicas: false }],
    ['waiting for no acknowledgement', { requiredAcks: 0 }],
  ])('so nobody is elected when the primary was last seen %s', (how, changes) => {
    const election = choose([seen('db-2'), seen('db-3')], { lastSeen: sight({ semiSync: semiSync(changes) }) });
    expect(outcome(election)).toBe('semi-sync-not-in-force');
    expect(sentence(election)).toBe(
      `promote nothing: semi-sync is required, but db-1 was last seen ${how}, so it may have acknowledged writes that no replica has; ` +
        'bring db-1 back, or accept their loss by semiSync: off, then start the failover again',
    );
  });

  it('and it was in force with a timeout of a day, or where it waits after the commit', () => {
    const waiting = semiSync({ timeoutMs: 86_400_000, waitPoint: 'afterCommit' });
    expect(outcome(choose([seen('db-2'), seen('db-3')], { lastSeen: sight({ semiSync: waiting }) }))).toBe('db-2');
  });

  it('and the policy on possible loss does not matter, as what is missing was acknowledged to nobody', () => {
    const cluster = exampleCluster({ election: { onPossibleLoss: 'refuse' } });
    const lastSeen = sight({ executed: '0-1-101' });
    expect(choose([seen('db-2'), seen('db-3')], { cluster, lastSeen })).toMatchObject({
      winner: 'db-2',
      possibleLoss: 1,
    });
  });
});

describe('[invariant 3] without semi-sync the possible loss is measured', () => {
  const both = [seen('db-2', { received: '0-1-97' }), seen('db-3', { received: '0-1-95' })];

  it('and reported, with the moment as of which it was', () => {
    const election = choose(both, { cluster: asynchronous() });
    expect(election).toMatchObject({ winner: 'db-2', possibleLoss: 3, lossAsOfMs: NOW - 3_000, caveats: [] });
  });

  it('as nothing when the candidate has all', () => {
    expect(choose(both, { cluster: asynchronous(), lastSeen: sight({ executed: '0-1-97' }) })).toMatchObject({
      possibleLoss: 0,
    });
  });

  it('as unknown when nobody saw how far the old primary was', () => {
    expect(choose(both, { cluster: asynchronous(), lastSeen: null })).toMatchObject({
      winner: 'db-2',
      possibleLoss: null,
      lossAsOfMs: null,
      caveats: ['no monitor saw db-1, so neither errant transactions nor a loss can be told'],
    });
  });

  it('and who can not be asked may have more, which is told', () => {
    expect(choose([seen('db-2'), missing('db-3')], { cluster: asynchronous() })).toMatchObject({
      winner: 'db-2',
      caveats: ["what was received can't be said by db-3 (no answer), so there may be more than db-2 has"],
    });
  });

  it('and refused where the policy says so', () => {
    const election = choose(both, { cluster: asynchronous({ onPossibleLoss: 'refuse' }) });
    expect(outcome(election)).toBe('possible-loss');
    expect(sentence(election)).toBe(
      'promote nothing: at least 3 transactions of db-1, as last seen at 2027-01-15T07:59:57.000Z, never reached db-2; ' +
        'bring db-1 back, or accept the loss by election.onPossibleLoss: report, then start the failover again',
    );
  });

  it('and refused by such a policy when it is unknown', () => {
    const election = choose(both, { cluster: asynchronous({ onPossibleLoss: 'refuse' }), lastSeen: null });
    expect(outcome(election)).toBe('possible-loss');
    expect(sentence(election)).toContain('no monitor saw how far db-1 was, so db-2 may lack transactions of it');
  });

  it('but nothing to lose is nothing to refuse', () => {
    const cluster = asynchronous({ onPossibleLoss: 'refuse' });
    expect(outcome(choose(both, { cluster, lastSeen: sight({ executed: '0-1-97' }) }))).toBe('db-2');
  });

  it('and a primary without semi-sync in force is none of its business', () => {
    const lastSeen = sight({ semiSync: semiSync({ enabled: false }) });
    expect(outcome(choose(both, { cluster: asynchronous(), lastSeen }))).toBe('db-2');
  });
});
