import { describe, expect, it } from 'vitest';
import type { ClusterConfig } from '../../../lib/core/config.ts';
import { diagnose } from '../../../lib/core/diagnosis/diagnose.ts';
import { PROBLEMS, type ProblemCode } from '../../../lib/core/diagnosis/problems.ts';
import type { ClusterView } from '../../../lib/core/diagnosis/view.ts';
import type { Failure, ReplicaStatus, ServerObservation } from '../../../lib/core/observation.ts';
import { exampleCluster } from '../../fakes/example-config.ts';
import { missing, NOW, seenServer, semiSync, vote } from '../examples.ts';
import {
  ALIVE,
  cluster,
  DEAD,
  follower,
  healthy,
  looks,
  primary,
  record,
  SERVERS,
  votes,
  type Servers,
} from './views.ts';

type View = Partial<ClusterView>;
/** What differs when the problem is there, what its sentence says, and what differs nearby when it is not. */
type Case = readonly [subject: string, there: View, says: string, nearby: View];

const withServers = (changes: Servers): View => ({ observations: looks({ ...SERVERS, ...changes }) });
const onPrimary = (changes: Partial<ServerObservation>): View => withServers({ 'db-1': primary(changes) });
const onReplica = (changes: Partial<ServerObservation>): View => withServers({ 'db-2': follower('db-2', changes) });
const onStatus = (changes: Partial<ReplicaStatus>): View => withServers({ 'db-2': follower('db-2', {}, changes) });
const missed = (nodeId: string, failure: Failure, detail = ''): View => ({
  observations: [
    ...(healthy().observations ?? []).filter((each) => each.nodeId !== nodeId),
    { nodeId, atMs: NOW, reachable: false, failure, detail },
  ],
});
const changing = (changes: Parameters<typeof record>[0] = {}) =>
  record({ phase: 'changing', holder: 'orders-e5', ...changes });
const gone: View = { ...missed('db-1', 'timeout'), standing: DEAD, write: 'timeout' };
const agreed: View = { ...gone, votes: votes('dead', 'b', 'c') };
const stalled: View = { write: 'timeout', votes: votes('stalled', 'b', 'c') };
const restarted: View = { ...onPrimary({ readOnly: true }), votes: votes('restarted', 'b', 'c') };
const withPolicy = (policy: Partial<ClusterConfig['policy']>): View => ({
  cluster: { ...cluster, policy: { ...cluster.policy, ...policy } },
});

const CASES: Readonly<Record<ProblemCode, Case>> = {
  dead: ['db-1', agreed, 'db-1 is dead: monitors b, c of 3 miss db-1', { ...gone, votes: votes('dead', 'b') }],
  'dead-but-held': [
    'db-1',
    { ...agreed, record: record({ phase: 'maintenance' }) },
    'no failover starts by itself: the cluster is in maintenance',
    { ...agreed, record: changing() },
  ],
  stalled: [
    'db-1',
    stalled,
    'db-1 is stalled: monitors b, c of 3 say that db-1 answers and has taken no write for 30 s',
    { ...stalled, votes: votes('stalled', 'b') },
  ],
  'stalled-but-held': [
    'db-1',
    { ...stalled, record: record({ phase: 'halted' }) },
    'no failover starts by itself: the last change halted',
    stalled,
  ],
  restarted: [
    'db-1',
    restarted,
    'db-1 was restarted: monitors b, c of 3 say that the server of db-1 was started again',
    { ...restarted, ...withPolicy({ restart: 'alarm' }) },
  ],
  'restarted-but-held': [
    'db-1',
    { ...restarted, record: record({ phase: 'maintenance' }) },
    'no change starts by itself: the cluster is in maintenance',
    restarted,
  ],
  'left-alone': [
    'db-1',
    { ...stalled, ...withPolicy({ stalledWrites: 'alarm' }) },
    'policy.stalledWrites is alarm',
    stalled,
  ],
  'disk-full': ['db-1', { write: 'full' }, 'no room for a write', { write: 'sql' }],
  missed: ['db-1', { ...gone, votes: null }, 'db-1 is missed (3 probes running, timeout)', agreed],
  hung: [
    'db-1',
    { ...missed('db-1', 'unanswered'), write: 'timeout' },
    'accepts connections and answers none',
    missed('db-1', 'timeout'),
  ],
  'stalled-writes': ['db-1', { write: 'timeout' }, 'a write to it does not end', { ...gone, standing: ALIVE }],
  'writes-refused': [
    'db-1',
    { write: 'sql' },
    'refuses to write the heartbeat',
    { ...onPrimary({ readOnly: true }), write: 'sql' },
  ],
  'not-writable': [
    'db-1',
    onPrimary({ readOnly: true }),
    'it is read-only',
    { ...onPrimary({ readOnly: true }), record: changing() },
  ],
  'connections-exhausted': ['db-1', missed('db-1', 'exhausted'), 'no connection left', missed('db-2', 'exhausted')],
  'primary-instance-stopped': ['db-1', { instances: { 'db-1': 80 } }, 'i-1', { instances: { 'db-1': 64 } }],
  'route-drifted': [
    'orders',
    { route: { addressAt: 'db-2', recordHolds: '10.0.1.100' } },
    '10.0.1.100 is at db-2, not at db-1',
    { route: { addressAt: 'db-2', recordHolds: '10.0.1.11' }, record: record({ route: 'dns' }) },
  ],
  'two-writable': ['orders', onReplica({ readOnly: false }), 'db-1 and db-2 all take writes', {}],
  'other-writable': [
    'orders',
    withServers({ 'db-1': primary({ readOnly: true }), 'db-2': follower('db-2', { readOnly: false }) }),
    'db-2 takes writes, but the primary is db-1',
    {
      ...withServers({ 'db-1': primary({ readOnly: true }), 'db-2': follower('db-2', { readOnly: false }) }),
      record: changing({ nominee: { nodeId: 'db-2', epoch: 4, bootsReadOnly: true } }),
    },
  ],
  'other-server': [
    'db-2',
    { identities: { 'db-2': '22' } },
    'server 2 answers at db-2, where server 22 was',
    { identities: {} },
  ],
  'epoch-ahead': ['db-2', onReplica({ epoch: 5 }), 'db-2 has epoch 5, but the record says 4', onReplica({ epoch: 3 })],
  halted: ['orders', { record: record({ phase: 'halted' }) }, 'the change to epoch 4 halted', { record: changing() }],
  'change-unfinished': [
    'orders',
    { record: changing(), holderRuns: false },
    'orders-e5 ended without closing its change',
    { record: changing(), holderRuns: null },
  ],
  'nominee-left': [
    'orders',
    { record: record({ nominee: { nodeId: 'db-2', epoch: 4, bootsReadOnly: true } }) },
    'db-2 was about to be opened under epoch 4',
    { record: changing({ nominee: { nodeId: 'db-2', epoch: 4, bootsReadOnly: true } }) },
  ],
  'unknown-primary': ['orders', { record: record({ primary: 'db-9' }) }, 'the record names db-9', { record: null }],
  'account-refused': ['db-1', { write: 'denied' }, 'refuses the account of secret monitor', missed('db-1', 'refused')],
  untrusted: [
    'db-2',
    missed('db-2', 'untrusted', 'the certificate expired at 2026-11-20'),
    'db-2 does not prove who it is, so nothing is asked of it: the certificate expired at 2026-11-20',
    missed('db-2', 'cut'),
  ],
  'host-unresolvable': [
    'db-2',
    missed('db-2', 'unresolvable'),
    '10.0.1.12, the host of db-2, resolves to no address',
    missed('db-2', 'timeout'),
  ],
  'errant-gtids': [
    'db-2',
    onReplica({ executed: '0-2-101' }),
    'db-2 has transactions that db-1 lacks: 0-2-101',
    onReplica({ executed: '0-1-101' }),
  ],
  'none-promotable': [
    'orders',
    { ...missed('db-2', 'timeout'), cluster },
    'if db-1 died now, nobody would be promoted',
    { ...missed('db-2', 'timeout'), cluster: exampleCluster({ semiSync: 'off' }) },
  ],
  'not-a-replica': [
    'db-2',
    onReplica({ replica: null }),
    'db-2 replicates from nobody: make it a replica of db-1',
    onReplica({ replica: null, readOnly: false }),
  ],
  'other-source': [
    'db-2',
    onStatus({ sourceHost: '10.0.1.13' }),
    'db-2 replicates from 10.0.1.13:3306, not from db-1 (10.0.1.11:3306)',
    { ...onStatus({ sourceHost: '10.0.1.13' }), record: changing() },
  ],
  'position-unreadable': ['db-2', onReplica({ executed: 'nonsense' }), '"nonsense"', onReplica({ executed: '' })],
  'primary-replicates': [
    'db-1',
    onPrimary({ replica: follower('db-2', {}, { sourceHost: '10.0.9.9' }).replica }),
    'it replicates from 10.0.9.9:3306',
    onPrimary({ replica: null }),
  ],
  'quorum-lost': [
    'orders',
    { votes: [...votes('alive', 'a'), ...votes('blind', 'b')] },
    '1 of 3 monitors can judge, and 2 are needed',
    { votes: votes('dead', 'a', 'c') },
  ],
  'record-missing': ['orders', { record: null }, 'nothing is known of orders', {}],
  'replica-broken': [
    'db-2',
    onStatus({ applier: 'stopped', receiver: 'stopped', lastError: 'error 1062' }),
    'db-2 has stopped applying and receiving (error 1062)',
    { ...onStatus({ receiver: 'stopped', applier: 'stopped' }), record: changing() },
  ],
  'same-server': [
    'orders',
    withServers({ 'db-3': follower('db-3', { identity: '2' }) }),
    'db-2 and db-3 both answer as server 2',
    withServers({ 'db-3': follower('db-3', { identity: '33' }) }),
  ],
  'semi-sync-degraded': [
    'db-1',
    onPrimary({ semiSyncSource: semiSync({ connectedReplicas: 0 }) }),
    '0 replicas acknowledge to db-1, and each commit needs 1',
    { ...onPrimary({ semiSyncSource: semiSync({ enabled: false }) }), cluster: exampleCluster({ semiSync: 'off' }) },
  ],
  'semi-sync-goes-alone': [
    'db-1',
    onPrimary({ semiSyncSource: semiSync({ timeoutMs: 10_000, waitPoint: 'afterCommit' }) }),
    'set to go on alone after 10000 ms, and to wait only after the commit',
    onPrimary({ semiSyncSource: semiSync({ timeoutMs: 86_400_000 }) }),
  ],
  'status-unreadable': ['db-1', missed('db-1', 'timeout'), "its status can't be read (timeout)", gone],
  'boots-writable': [
    'db-2',
    onReplica({ bootsReadOnly: 'unknown' }),
    'db-2 is not known to come up read-only after a restart',
    { ...onReplica({ bootsReadOnly: 'unknown' }), cluster: exampleCluster({ bootsReadOnly: true }) },
  ],
  'cannot-be-source': ['db-2', onReplica({ canBeSource: false }), 'turn on log_bin', {}],
  'clocks-apart': [
    'c',
    { votes: [...votes('alive', 'a', 'b'), vote('c', { atMs: NOW + 5_000 })] },
    'monitor c does not count: its vote is 5000 ms from the future',
    { votes: [...votes('alive', 'a', 'b'), vote('c', { verdict: 'alive', atMs: NOW + 1_000 })] },
  ],
  filtered: ['db-2', onStatus({ filters: ['Replicate_Do_DB: x'] }), 'it lacks data: Replicate_Do_DB: x', {}],
  'monitor-blind': [
    'b',
    { standing: { ...DEAD, verdict: 'blind', failures: 0 } },
    'monitor b sees no server of orders',
    { standing: { ...DEAD, verdict: 'blind', failures: 0 }, self: null },
  ],
  'monitor-out-of-date': [
    'c',
    { votes: [...votes('alive', 'a', 'b'), vote('c', { epoch: 3 })] },
    'monitor c is not up to date: it votes on epoch 3',
    { votes: [...votes('alive', 'a', 'b'), vote('c', { epoch: 3 })], record: changing() },
  ],
  'monitor-silent': [
    'c',
    { votes: [...votes('alive', 'a', 'b'), vote('c', { verdict: 'alive', atMs: NOW - 8_001 })] },
    'monitor c is silent: its vote (alive) is 8001 ms old',
    { votes: [...votes('alive', 'a', 'b'), vote('c', { verdict: 'alive', atMs: NOW - 8_000 })] },
  ],
  'replica-disconnected': [
    'db-2',
    onStatus({ receiver: 'connecting', lastError: 'error 1045' }),
    "db-2 can't connect to db-1, which answers: error 1045",
    { ...gone, observations: [missing('db-1'), seenServer('db-2', follower('db-2', {}, { receiver: 'connecting' }))] },
  ],
  'replica-lagging': [
    'db-2',
    onStatus({ lagSeconds: 61 }),
    'db-2 is 61 s behind, more than the 60 s',
    onStatus({ lagSeconds: 60 }),
  ],
  'replica-unreachable': ['db-2', missed('db-2', 'refused'), 'gives no answer (refused)', missed('db-2', 'denied')],
  'semi-sync-forgotten': [
    'db-1',
    onPrimary({ semiSyncSource: semiSync({ survivesRestart: false }), bootsReadOnly: 'unknown' }),
    'db-1 may be writable without semi-sync after a restart',
    {
      ...onPrimary({ semiSyncSource: semiSync({ survivesRestart: false }), bootsReadOnly: 'unknown' }),
      record: record({ bootsReadOnly: true }),
    },
  ],
  'unreachable-from-here': [
    'db-1',
    gone,
    "db-1 can't be reached from here (3 probes running, timeout), but another monitor sees it alive",
    { ...gone, votes: votes('suspect', 'a', 'c') },
  ],
  'versions-apart': [
    'db-2',
    onReplica({ version: '10.6.22-MariaDB' }),
    'db-2 runs 10.6.22-MariaDB, older than 10.11.19-MariaDB of db-1',
    onReplica({ version: '11.4.2-MariaDB' }),
  ],
  changing: [
    'orders',
    { record: changing({ epoch: 5 }), holderRuns: true },
    'orders-e5 makes epoch 5',
    { record: changing(), holderRuns: false },
  ],
  'cooling-down': [
    'orders',
    { record: record({ notBeforeMs: NOW + 1 }) },
    'for another 1 s',
    { record: record({ notBeforeMs: NOW }) },
  ],
  'instance-stopped': [
    'db-2',
    { instances: { 'db-2': 80 } },
    'EC2 says that i-2 is stopped',
    { instances: { 'db-1': 80 } },
  ],
  maintenance: ['orders', { record: record({ phase: 'maintenance' }) }, 'in maintenance', {}],
  'observation-missing': [
    'db-3',
    { observations: [seenServer('db-1', primary()), seenServer('db-2', follower('db-2'))] },
    'db-3 was not looked at',
    { observations: null },
  ],
  'observation-stale': [
    'db-2',
    { observations: [{ ...seenServer('db-2', follower('db-2')), atMs: NOW - 2_001 }] },
    'db-2 was looked at 2001 ms ago',
    { observations: [{ ...seenServer('db-2', follower('db-2')), atMs: NOW - 2_000 }] },
  ],
  'unknown-monitor': [
    'z',
    { votes: [...votes('alive', 'a', 'b', 'c'), vote('z')] },
    'the vote of z counts for nothing',
    { votes: votes('alive', 'a', 'b', 'c') },
  ],
};

describe('a cluster in which all is well', () => {
  it('has no problem', () => {
    expect(diagnose(healthy())).toEqual([]);
  });

  it('has none that could be told when nobody read the votes, asked EC2, or looked at the route', () => {
    expect(diagnose(healthy({ votes: null, instances: null, route: null, standing: null, write: null }))).toEqual([]);
  });

  it('has none that could be told when nobody looked at its servers', () => {
    expect(diagnose(healthy({ observations: null, standing: null, write: null, identities: {} }))).toEqual([]);
  });
});

describe.each(PROBLEMS)('$code', ({ code, priority, action }) => {
  const [subject, there, says, nearby] = CASES[code];
  const found = (changes: View) => diagnose(healthy(changes)).filter((each) => each.code === code);

  it('is found where it is, and says so', () => {
    expect(found(there)).toContainEqual({
      code,
      priority,
      action,
      subject,
      sentence: expect.stringContaining(says),
    });
  });

  it('is not found nearby', () => {
    expect(found(nearby)).toEqual([]);
  });
});

describe('the table', () => {
  it('has each code once', () => {
    const codes = PROBLEMS.map((each) => each.code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('starts a failover by two rows, first of all for the dead', () => {
    expect(PROBLEMS.filter((each) => each.action === 'fail-over').map((each) => each.code)).toEqual([
      'dead',
      'stalled',
    ]);
    expect(PROBLEMS[0].code).toBe('dead');
  });

  it('is written in the order of its priorities', () => {
    const priorities = PROBLEMS.map((each) => each.priority);
    expect(priorities).toEqual(priorities.toSorted((a, b) => a - b));
  });
});

describe('problems that are alike are told apart:', () => {
  const codes = (changes: View) => diagnose(healthy(changes)).map((each) => each.code);

  it('a dead primary is not missed, nor unreachable from here', () => {
    expect(codes(agreed)).toContain('dead');
    expect(codes(agreed)).not.toContain('missed');
    expect(codes(agreed)).not.toContain('unreachable-from-here');
  });

  it('a primary that one monitor alone can not reach is not missed', () => {
    expect(codes(gone)).toContain('unreachable-from-here');
    expect(codes(gone)).not.toContain('missed');
  });

  it('a primary that a change fences is neither dead nor read-only by mistake, until the change is over', () => {
    const during = codes({ ...agreed, record: changing() });
    expect(during).toContain('changing');
    expect(during).not.toContain('dead');
    expect(during).not.toContain('dead-but-held');
  });

  it('a replica that has written by itself is not one that is merely ahead of what was seen of the primary', () => {
    expect(codes(onReplica({ executed: '0-1-500' }))).not.toContain('errant-gtids');
  });

  it('a node that is marked never may be ahead for a moment without a word', () => {
    const never = exampleCluster({
      nodes: cluster.nodes.map((node) => ({ ...node, promotion: node.id === 'db-2' ? 'never' : 'neutral' })),
    });
    const ahead = follower('db-2', {}, { received: '0-1-103' });
    expect(codes({ cluster: never, ...withServers({ 'db-2': ahead }) })).toEqual([]);
  });
});
