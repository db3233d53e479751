import { describe, expect, it } from 'vitest';
import type { ClusterConfig } from '../../../lib/core/config.ts';
import type { ServerObservation } from '../../../lib/core/observation.ts';
import type { AccountSight, ServerSetup } from '../../../lib/core/readiness/account-sight.ts';
import { electionFindings } from '../../../lib/core/readiness/election.ts';
import { fenceFindings, type FenceSight } from '../../../lib/core/readiness/fence.ts';
import { findingOf, type Finding } from '../../../lib/core/readiness/finding.ts';
import { FINDINGS, type FindingCode } from '../../../lib/core/readiness/findings.ts';
import { bounded } from '../../../lib/core/readiness/result.ts';
import { routeFindings, type InterfaceSight, type RouteSight } from '../../../lib/core/readiness/route.ts';
import { serverFindings, type NodeSight } from '../../../lib/core/readiness/servers.ts';
import { exampleCluster, nodesInput } from '../../fakes/example-config.ts';
import {
  accountSight,
  cluster,
  failed,
  FENCE_GROUP,
  fenceSight,
  nodes,
  nodeSight,
  observations,
  ok,
  routeSight,
  serversSight,
} from './sights.ts';

const { db1, db2, db3 } = nodes;

const servers = (changes: Partial<NodeSight>, of: ClusterConfig = cluster) =>
  serverFindings({
    ...serversSight({ cluster: of }),
    nodes: [nodeSight(db1), nodeSight(db2, changes), nodeSight(db3)],
  });
const accounts = (monitor: Partial<AccountSight>) => ({
  accounts: { ...nodeSight(db2).accounts, monitor: ok({ ...accountSight('monitor'), ...monitor }) },
});
const setup = (server: Partial<ServerSetup>) => ({
  accounts: {
    monitor: null,
    replication: null,
    operator: ok({ ...accountSight('operator'), server: { ...accountSight('operator').server, ...server } }),
  },
});
const refused = (failure: Parameters<typeof failed>[0]) => ({
  accounts: { ...nodeSight(db2).accounts, operator: failed(failure) },
});
const election = (change?: (id: string, server: ServerObservation) => ServerObservation, of: ClusterConfig = cluster) =>
  electionFindings({ cluster: of, primary: 'db-1', observations: observations(change), record: null });
const on =
  (id: string, changes: Partial<ServerObservation>) =>
  (nodeId: string, server: ServerObservation): ServerObservation =>
    nodeId === id ? { ...server, ...changes } : server;
const onReplica =
  (ids: readonly string[], changes: Partial<NonNullable<ServerObservation['replica']>>) =>
  (nodeId: string, server: ServerObservation): ServerObservation =>
    ids.includes(nodeId) && server.replica !== null
      ? { ...server, replica: { ...server.replica, ...changes } }
      : server;
/** db-3 receives without acknowledging, which the primary sees too. */
const oneAcknowledging = (id: string, server: ServerObservation): ServerObservation => ({
  ...onReplica(['db-3'], { semiSync: false })(id, server),
  semiSyncSource: { ...server.semiSyncSource, connectedReplicas: 1 },
});
const fence = (changes: Partial<FenceSight>, group = FENCE_GROUP) =>
  fenceFindings(cluster, [fenceSight(db1), fenceSight(db2, changes), fenceSight(db3)], group);
const route = (changes: Partial<RouteSight>) => routeFindings(routeSight(changes));
const interfaceOf = (id: string, changes: Partial<InterfaceSight>) =>
  route({ interfaces: routeSight().interfaces.map((each) => (each.node.id === id ? { ...each, ...changes } : each)) });
const facts = (addresses: readonly string[]) =>
  ({ ok: true, value: { id: 'eni-2', subnetId: 'subnet-d', vpcId: 'vpc-1', addresses } }) as const;

/** For each row of the table what produces it, and of whom. */
const PRODUCED: Readonly<Record<FindingCode, readonly [subject: string, findings: () => readonly Finding[]]>> = {
  'secret-unreadable': ['operator', () => [findingOf('secret-unreadable', 'orders', 'operator', 'it is gone')]],
  'account-refused': ['db-2 (operator)', () => servers(refused('denied'))],
  'privilege-missing': [
    'db-2 (monitor: INSERT ON failover.heartbeat)',
    () => servers(accounts({ grants: without('INSERT, ') })),
  ],
  'schema-missing': [
    'db-2 (failover.heartbeat)',
    () => servers(accounts({ tables: { epoch: ['epoch', 'identity', 'written_at_ms'] } })),
  ],
  'server-unreachable': ['db-2', () => servers(refused('timeout'))],
  'server-untrusted': ['db-2', () => servers(refused('untrusted'))],
  'server-unreadable': ['db-2', () => servers({ observation: failed('sql') })],
  'other-server': ['db-2', () => servers(refused('other-server'))],
  'same-server': ['db-1, db-2', () => servers(setup({ identity: '1' }))],
  'nobody-electable': ['orders', () => election(onReplica(['db-2', 'db-3'], { applier: 'stopped' }))],
  'not-electable': ['db-3', () => election(onReplica(['db-3'], { applier: 'stopped' }))],
  'boots-writable': ['db-3', () => election(on('db-3', { bootsReadOnly: false }))],
  'semi-sync-weak': ['db-3', () => election(oneAcknowledging)],
  'heartbeat-slow': ['db-2', () => servers(setup({ heartbeatPeriodMs: 30_000 }))],
  'net-timeout-slow': ['db-2', () => servers(setup({ netTimeoutSeconds: 60 }))],
  'receives-by-itself': ['db-2', () => servers(setup({ receivesByItself: true }))],
  'receiver-start-unverifiable': ['orders', () => servers({})],
  'clock-off': ['db-2', () => servers(setup({ clockOffsetMs: -5_000 }))],
  'instance-unreadable': ['db-2', () => fence({ isStopProtected: failed('untried') })],
  'instance-not-running': ['db-2', () => fence({ stateName: ok('stopped') })],
  'stop-forbidden': [
    'db-2',
    () => fence({ stop: ok({ wouldDo: false, code: 'UnauthorizedOperation', because: 'no' }) }),
  ],
  'stop-protected': ['db-2', () => fence({ isStopProtected: ok(true) })],
  'isolate-forbidden': ['db-2', () => fence({ isolate: failed('untried') })],
  'interface-not-attached': ['db-2', () => fence({ interfaces: ok([]) })],
  'interface-unconfigured': [
    'db-2 (eni-9)',
    () =>
      fence({
        interfaces: ok([
          { ...facts([]).value, id: 'eni-2' },
          { ...facts([]).value, id: 'eni-9' },
        ]),
      }),
  ],
  'fence-group-unusable': [
    'sg-fence',
    () => fence({}, { ...FENCE_GROUP, look: ok({ vpcId: 'vpc-2', ingressRules: 0 }) }),
  ],
  'interface-unreadable': ['db-2', () => interfaceOf('db-2', { interface: failed('untried') })],
  'address-drifted': ['10.0.1.100', () => interfaceOf('db-1', { interface: facts(['10.0.1.11']) })],
  'address-outside-subnet': ['db-2', () => interfaceOf('db-2', { subnetBlock: ok('10.0.2.0/24') })],
  'interface-full': ['db-2', () => interfaceOf('db-2', { mostAddresses: ok(1) })],
  'address-move-unverifiable': ['10.0.1.100', () => route({})],
  'record-unreadable': ['orders.db.example.internal', () => route({ record: ok(null) })],
  'record-drifted': [
    'orders.db.example.internal',
    () => route({ record: ok({ ttlSeconds: 3_600, addresses: ['10.0.1.100'] }) }),
  ],
  'topic-unreadable': ['orders', () => route({ topic: failed('untried') })],
  'executions-unreadable': ['orders', () => route({ executions: failed('untried') })],
  'not-rehearsed': ['fence function', () => [findingOf('not-rehearsed', 'orders', 'fence function', 'it died')]],
  'findings-left-out': ['orders', () => bounded(route({ topic: failed('untried') }), 100)],
};

/** The grants of the monitors, with something taken out of their words. */
function without(words: string): string[] {
  return accountSight('monitor').grants.map((line) => line.replace(words, ''));
}

const UNVERIFIABLE = Object.entries(FINDINGS).flatMap(([code, { severity }]) =>
  severity === 'unverifiable' ? [code] : [],
);
const failures = (found: readonly Finding[]) => found.filter(({ code }) => !UNVERIFIABLE.includes(code));

describe('a cluster in which all is well', () => {
  it('has no finding but what nobody can verify', () => {
    const all = [...serverFindings(serversSight()), ...election(), ...fence({}), ...route({})];
    expect(all.map(({ code }) => code).sort()).toEqual([...UNVERIFIABLE].sort());
  });
});

describe('every row of the table can be found, of whom it is, and alone', () => {
  it.each(Object.entries(PRODUCED))('%s', (code, [subject, produce]) => {
    const found = produce();
    expect(found).toContainEqual(expect.objectContaining({ code, subject, cluster: 'orders' }));
    const one = found.find((each) => each.code === code);
    expect(one?.severity).toBe(FINDINGS[code as FindingCode].severity);
    expect(one?.sentence).toMatch(/^[^;]+.*; .+[^.]$/);
    const consequences: readonly string[] = code === 'nobody-electable' ? ['not-electable'] : [];
    if (UNVERIFIABLE.includes(code)) return;
    expect(failures(found).filter((each) => each.code !== code && !consequences.includes(each.code))).toEqual([]);
  });
});

describe('findings of servers', () => {
  it('tell once that a server does not answer, whoever asked', () => {
    const down = failed('timeout');
    const found = servers({ accounts: { monitor: down, operator: down, replication: down }, observation: down });
    expect(failures(found).map(({ code }) => code)).toEqual(['server-unreachable']);
  });

  it('take a connection that is not encrypted for no trust, where TLS is asked for', () => {
    const strict: ClusterConfig = { ...cluster, tls: { mode: 'verify-identity', ca: 'rds' } };
    const found = servers(accounts({ isEncrypted: false }), strict);
    expect(failures(found).map(({ code }) => code)).toEqual(['server-untrusted']);
  });

  it('say that another server answers than the one whose identity is configured', () => {
    const named = { ...db2, identity: '7' };
    const found = serverFindings(serversSight({ nodes: [nodeSight(named)] }));
    expect(failures(found)).toEqual([
      expect.objectContaining({
        code: 'other-server',
        sentence: expect.stringContaining('to be server 7, and 2 answers'),
      }),
    ]);
  });

  it('ask nothing of the replica side of the primary', () => {
    const slow = setup({ heartbeatPeriodMs: 30_000, netTimeoutSeconds: 60, receivesByItself: true });
    expect(failures(serverFindings({ ...serversSight(), nodes: [nodeSight(db1, { ...slow })] }))).toEqual([]);
  });
});

describe('findings of an election', () => {
  it('leave out who was marked never, and who does not answer', () => {
    const marked = exampleCluster({ nodes: nodesInput((id) => (id === 'db-3' ? { promotion: 'never' } : {})) });
    expect(election(undefined, marked)).toEqual([]);
    const silent = observations().map((each) =>
      each.nodeId === 'db-3'
        ? ({ nodeId: 'db-3', atMs: each.atMs, reachable: false, failure: 'timeout', detail: 'silence' } as const)
        : each,
    );
    const found = electionFindings({ cluster, primary: 'db-1', observations: silent, record: null });
    expect(found.map(({ code }) => code)).not.toContain('not-electable');
  });

  it('say nothing while the primary is not seen: that is for the monitors', () => {
    const found = electionFindings({ cluster, primary: 'db-1', observations: observations().slice(1), record: null });
    expect(found).toEqual([]);
  });
});

describe('findings of the fence', () => {
  it('tell of stop protection, and not once more of the refusal that comes of it', () => {
    const stop = ok({ wouldDo: false, code: 'OperationNotPermitted', because: 'may not be stopped' } as const);
    expect(fence({ isStopProtected: ok(true), stop }).map(({ code }) => code)).toEqual(['stop-protected']);
  });

  it('take an instance whose state forbids a stop for one that does not run', () => {
    const stop = ok({ wouldDo: false, code: 'IncorrectInstanceState', because: 'not in a state' } as const);
    expect(fence({ stateName: ok('stopping'), stop }).map(({ code }) => code)).toEqual(['instance-not-running']);
  });
});

describe('findings of the route', () => {
  it('expect the address of the primary itself in the record, once DNS had to do', () => {
    const record = ok({ ttlSeconds: 60, addresses: [db2.address] });
    expect(failures(route({ route: 'dns', primary: 'db-2', record })).map(({ code }) => code)).toEqual([
      'address-drifted',
    ]);
  });

  it('count no room for an address that is there already', () => {
    expect(failures(interfaceOf('db-1', { mostAddresses: ok(2) }))).toEqual([]);
  });
});
