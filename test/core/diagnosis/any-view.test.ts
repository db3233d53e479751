import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../lib/core/diagnosis/diagnose.ts';
import { PROBLEMS } from '../../../lib/core/diagnosis/problems.ts';
import type { ClusterView } from '../../../lib/core/diagnosis/view.ts';
import type { Failure, NodeObservation, ServerObservation, Vote, Witness } from '../../../lib/core/observation.ts';
import { agreeOnLoss } from '../../../lib/core/quorum.ts';
import { automaticStart, type ClusterState } from '../../../lib/core/state.ts';
import type { Standing } from '../../../lib/core/verdict.ts';
import { exampleCluster, nodesInput } from '../../fakes/example-config.ts';
import { counterexample, NOW, replica, seenServer, semiSync, server, vote, witness } from '../examples.ts';
import { cluster, config, record, votes } from './views.ts';

const spread = exampleCluster({
  engine: 'mysql',
  semiSync: 'off',
  bootsReadOnly: true,
  nodes: nodesInput((id) => ({ availabilityZone: id === 'db-3' ? 'eu-central-1b' : 'eu-central-1a' })),
});
const leavesAlone = exampleCluster({ policy: { stalledWrites: 'alarm', restart: 'alarm' } });
const node = fc.constantFrom('db-1', 'db-2', 'db-3', 'db-9', '');
const epoch = fc.constantFrom(0, 3, 4, 5);
const ms = fc.oneof(
  fc.constantFrom(NOW, NOW, NOW - 500, NOW - 2_500, NOW - 60_000, NOW + 5_000, NOW + 5_000, 0),
  fc.integer({ min: NOW - 10_000, max: NOW + 2_000 }),
);
const bootsReadOnly = fc.constantFrom<(boolean | 'unknown')[]>(true, false, 'unknown');
const failure = fc.constantFrom<Failure[]>(
  'refused',
  'cut',
  'timeout',
  'unanswered',
  'unreachable',
  'exhausted',
  'denied',
  'untrusted',
  'unresolvable',
  'sql',
  'full',
  'read-only',
  'untried',
);
const gtids = fc.constantFrom(
  '',
  '0-1-100',
  '0-2-101',
  '0-1-101,1-3-7',
  '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5',
  'nonsense',
  '0-1',
);
const verdict = fc.constantFrom<Vote['verdict'][]>('alive', 'dead', 'dead', 'suspect', 'blind', 'stalled', 'restarted');
const agreedVotes = (['dead', 'stalled', 'restarted'] as const).map((each) => votes(each, 'b', 'c'));

/** A record that may lack any of these fields, as anything that is read may be old. */
const changesOf = <T>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<Partial<T>> =>
  fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;

const anyRecord = changesOf<ClusterState>({
  cluster: fc.constant('orders'),
  epoch,
  primary: fc.constantFrom('db-1', 'db-1', 'db-1', 'db-2', 'db-9'),
  bootsReadOnly,
  promotedAt: fc.option(gtids),
  reopenedAtMs: fc.option(ms),
  phase: fc.constantFrom('steady', 'steady', 'changing', 'halted', 'maintenance'),
  phaseBefore: fc.constant('steady'),
  holder: fc.constantFrom(null, 'orders-e5'),
  lastHolder: fc.constant(null),
  nominee: fc.option(fc.record({ nodeId: node, epoch, bootsReadOnly })),
  fenced: fc.constantFrom({}, { 'db-3': 3 }),
  route: fc.constantFrom('vip', 'dns'),
  attempt: fc.nat(2),
  notBeforeMs: ms,
}).map(record);

const anyWitness = changesOf<Witness>({
  nodeId: node,
  reachable: fc.boolean(),
  receiver: fc.constantFrom(null, 'receiving', 'connecting', 'stopped'),
  silentMs: fc.constantFrom(null, 0, 4_000),
  received: fc.option(gtids),
  heartbeats: fc.constantFrom(null, 7),
}).map(witness);

const anyVote = fc
  .tuple(
    fc.constantFrom('a', 'b', 'c', 'z'),
    changesOf<Pick<Vote, 'epoch' | 'primary' | 'atMs' | 'verdict' | 'identity' | 'executed' | 'witnesses'>>({
      epoch,
      primary: node,
      atMs: ms,
      verdict,
      identity: fc.constantFrom(null, '1', '2'),
      executed: fc.option(gtids),
      witnesses: fc.array(anyWitness, { maxLength: 2 }),
    }),
  )
  .map(([monitor, changes]) => vote(monitor, changes));

const anyServer = changesOf<ServerObservation>({
  identity: fc.constantFrom('1', '2', '3', ''),
  version: fc.constantFrom('10.11.19-MariaDB', '8.0.36', 'unknown', ''),
  uptimeSeconds: fc.nat(100_000),
  readOnly: fc.boolean(),
  beatAtMs: fc.option(ms),
  executed: gtids,
  replica: fc.option(
    changesOf<NonNullable<ServerObservation['replica']>>({
      sourceHost: fc.constantFrom('10.0.1.11', '10.0.1.12', ''),
      sourcePort: fc.constantFrom(3306, 0),
      receiver: fc.constantFrom('receiving', 'connecting', 'stopped'),
      applier: fc.constantFrom('applying', 'stopped'),
      received: gtids,
      heartbeats: fc.nat(9),
      lagSeconds: fc.constantFrom(null, 0, 61, -1),
      semiSync: fc.boolean(),
      filters: fc.constantFrom([], ['Replicate_Do_DB: x']),
      lastError: fc.constantFrom(null, 'error 1236'),
    }).map(replica),
  ),
  semiSyncSource: changesOf<ServerObservation['semiSyncSource']>({
    enabled: fc.boolean(),
    timeoutMs: fc.constantFrom(0, 10_000, 4_294_967_295),
    waitPoint: fc.constantFrom('beforeCommit', 'afterCommit'),
    waitsWithoutReplicas: fc.boolean(),
    requiredAcks: fc.nat(2),
    connectedReplicas: fc.nat(4),
    survivesRestart: fc.boolean(),
  }).map(semiSync),
  canBeSource: fc.boolean(),
  bootsReadOnly,
  epoch,
}).map(server);

const anyObservation: fc.Arbitrary<NodeObservation> = fc.oneof(
  fc.record({ nodeId: node, atMs: ms, reachable: fc.constant(true as const), server: anyServer }),
  fc.record({ nodeId: node, atMs: ms, reachable: fc.constant(false as const), failure, detail: fc.string() }),
);

/** Every node, just now: problems of several together are rare otherwise. */
const allSeen = fc
  .tuple(anyServer, anyServer, anyServer)
  .map((servers): NodeObservation[] => servers.map((each, index) => seenServer(`db-${index + 1}`, each)));

const anyStanding: fc.Arbitrary<Standing> = fc.record({
  verdict,
  failures: fc.nat(4),
  failure: fc.option(failure),
  sinceMs: fc.option(ms),
  stall: fc.option(fc.record({ sinceMs: ms, latestMs: ms, acknowledgeable: fc.boolean() })),
});

const anyView: fc.Arbitrary<ClusterView> = fc.record({
  cluster: fc.constantFrom(cluster, cluster, spread, leavesAlone),
  monitors: fc.constantFrom(config.monitors, config.monitors.slice(0, 1), []),
  self: fc.constantFrom(null, 'a', 'b'),
  record: fc.option(anyRecord),
  holderRuns: fc.constantFrom(null, true, false),
  votes: fc.option(fc.oneof(fc.array(anyVote, { maxLength: 5 }), fc.constantFrom(...agreedVotes))),
  standing: fc.option(anyStanding),
  write: fc.option(fc.oneof(fc.constant('ok' as const), failure)),
  observations: fc.option(fc.oneof(fc.array(anyObservation, { maxLength: 5 }), allSeen)),
  identities: fc.dictionary(node, fc.constantFrom('1', '2', '3'), { maxKeys: 3 }),
  instances: fc.option(fc.dictionary(node, fc.constantFrom(16, 64, 80, 48, -1), { maxKeys: 3 })),
  route: fc.option(
    fc.record({ addressAt: fc.option(node), recordHolds: fc.constantFrom(null, '10.0.1.100', '10.0.1.11') }),
  ),
  nowMs: fc.constantFrom(NOW, NOW + 1_000),
});

describe('whatever was seen, or was not,', () => {
  it('there is a diagnosis: it never throws, and each problem has a sentence about somebody', () => {
    const found = counterexample([anyView], (view) =>
      diagnose(view).every(
        ({ subject, sentence }) => subject !== '' && sentence !== '' && !sentence.includes('undefined'),
      ),
    );
    expect(found).toBeNull();
  });

  it('each part may be missing by itself', () => {
    const parts = ['record', 'holderRuns', 'votes', 'standing', 'write', 'observations', 'instances', 'route'] as const;
    const found = counterexample([anyView, fc.constantFrom(...parts)], (view, part) => {
      diagnose({ ...view, [part]: null });
      return true;
    });
    expect(found).toBeNull();
  });

  it('the same view has the same diagnosis, whatever the order of what it holds', () => {
    const found = counterexample([anyView], (view) => {
      const turned: ClusterView = {
        ...view,
        votes: view.votes?.toReversed() ?? null,
        observations: view.observations?.toReversed() ?? null,
        identities: Object.fromEntries(Object.entries(view.identities).toReversed()),
        cluster: { ...view.cluster, nodes: view.cluster.nodes.toReversed() },
      };
      const once = JSON.stringify(diagnose(view));
      return once === JSON.stringify(diagnose(view)) && once === JSON.stringify(diagnose(turned));
    });
    expect(found).toBeNull();
  });

  it('the most urgent problem comes first, and nobody has the same one twice', () => {
    const found = counterexample([anyView], (view) => {
      const problems = diagnose(view);
      const keys = problems.map(({ code, subject }) => `${code} ${subject}`);
      const isSorted = problems.every(
        ({ priority, subject }, index) =>
          index === 0 ||
          priority > problems[index - 1]!.priority ||
          (priority === problems[index - 1]!.priority && subject >= problems[index - 1]!.subject),
      );
      return isSorted && new Set(keys).size === keys.length;
    });
    expect(found).toBeNull();
  });

  it('[invariant 7] a change is called for exactly when the monitors agree and nothing forbids it', () => {
    const found = counterexample([anyView], (view) => {
      const { monitors, record: state, votes, nowMs } = view;
      const starts = diagnose(view).some(({ action }) => action === 'fail-over' || action === 'reopen');
      const may =
        state !== null &&
        votes !== null &&
        agreeOnLoss({ cluster: view.cluster, monitors, state, votes, live: [], nowMs }).agreed &&
        automaticStart(state, nowMs).may;
      return starts === may;
    });
    expect(found).toBeNull();
  });

  it('these views have every problem that there is, so the claims above mean something', () => {
    const codes = new Set(
      fc.sample(anyView, { numRuns: 6_000, seed: 11 }).flatMap((view) => diagnose(view).map((problem) => problem.code)),
    );
    expect(PROBLEMS.map((each) => each.code).filter((code) => !codes.has(code))).toEqual([]);
  });
});
