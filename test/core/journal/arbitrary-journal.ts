/**
 * Journals with any events in any order, some in the same millisecond. Every name in them is a word of its own kind, such
 * as `db-4`, so that a test can ask where the words of a story come from.
 *
 * @module
 */
import * as fc from 'fast-check';
import type { JournalCode, JournalDetail, JournalEvent } from '../../../lib/core/journal.ts';
import { NOW, vote } from '../examples.ts';

const word = (kind: string) => fc.integer({ min: 1, max: 5 }).map((n) => `${kind}-${n}`);
const node = word('db');
const server = word('srv');
const instanceId = word('i');
const networkInterface = word('eni');
const address = fc.integer({ min: 10, max: 99 }).map((n) => `10.0.1.${n}`);
const because = word('reason');
const route = fc.constantFrom('vip', 'dns');
const loss = fc.option(fc.integer({ min: 0, max: 9 }), { nil: null });
const at = fc.integer({ min: -9_000, max: 0 }).map((beforeMs) => NOW + beforeMs);

const trigger = fc.oneof(
  fc.record({ kind: fc.constant('monitor'), monitor: word('mon'), epoch: fc.constant(1) }),
  fc.record({ kind: fc.constant('operator'), name: word('person'), reason: because }),
  fc.record({ kind: fc.constant('ec2-event'), instanceId: word('i'), state: fc.constantFrom('stopping', 'stopped') }),
  fc.record({ kind: fc.constant('alarm'), name: word('alarm') }),
);
const votes = fc.array(
  fc
    .record({
      primary: node,
      verdict: fc.constantFrom('alive', 'suspect', 'dead', 'blind'),
      sinceMs: fc.option(at, { nil: null }),
      failure: fc.constantFrom('refused', 'timeout', null),
    })
    .chain((changes) => word('mon').map((monitor) => vote(monitor, changes))),
  { maxLength: 3 },
);
const election = fc.record({
  elected: fc.constant(true),
  winner: node,
  received: fc.constant('0-1-100'),
  losers: fc.constant([]),
  possibleLoss: loss,
  lossAsOfMs: fc.option(at, { nil: null }),
  caveats: fc.array(because, { maxLength: 2 }),
});
const evidence = fc.oneof(
  fc.record({ kind: fc.constant('instance-stopped'), instanceId, stateCode: fc.constantFrom(16, 64, 80) }),
  fc.record({
    kind: fc.constant('read-only'),
    identity: server,
    expectedIdentity: fc.option(server, { nil: null }),
    readOnly: fc.boolean(),
    writersLeft: fc.nat(3),
  }),
  fc.record({
    kind: fc.constant('acks-revoked'),
    replicas: fc.array(node, { maxLength: 2 }),
    stopped: fc.array(node, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('dead-and-boots-read-only'),
    refusals: fc.array(fc.record({ monitor: word('mon'), forMs: fc.nat(3_000) }), { maxLength: 2 }),
    cut: fc.array(node, { maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('network-isolated'),
    interfaces: fc.array(fc.record({ id: networkInterface, groups: fc.array(word('sg')) }), { maxLength: 2 }),
    fenceGroup: word('sg'),
  }),
);

/** The fields of each code. A code that is missing here fails the compiler. */
const FIELDS: { readonly [Code in JournalCode]: Readonly<Record<string, fc.Arbitrary<unknown>>> } = {
  opened: {
    mode: fc.constant('failover'),
    trigger,
    oldPrimary: node,
    instanceState: fc.constantFrom('running', 'not asked'),
    force: fc.boolean(),
    dismissed: fc.option(node, { nil: null }),
  },
  confirmed: { because, votes, loss: fc.constantFrom(undefined, 'dead', 'stalled', 'restarted') },
  reopening: { nodeId: node, because, route },
  planned: {
    plan: fc.record({
      epoch: fc.constant(2),
      oldPrimary: node,
      candidate: node,
      losers: fc.array(fc.record({ nodeId: node, code: fc.constant('name'), because }), { maxLength: 2 }),
      repoint: fc.array(node, { maxLength: 2 }),
      route: fc.record({
        type: fc.constant('secondaryPrivateIp'),
        address,
        fallbackRecord: word('record'),
      }),
      possibleLoss: loss,
    }),
  },
  'interfaces-isolated': {
    undo: fc.array(fc.record({ id: networkInterface, groups: fc.array(word('sg')) }), { maxLength: 2 }),
  },
  'stop-requested': { instanceId },
  'fence-failed': { what: because, because },
  'fence-evidence': { evidence },
  'fence-proven': { proof: fc.constantFrom('instance-stopped', 'acks-revoked', 'read-only'), because },
  'fence-unproven': { because },
  settled: { candidate: node, election },
  promoted: { candidate: node, identity: server },
  'address-moved': { address, networkInterfaceId: networkInterface, tookMs: fc.nat(2_000) },
  'route-failed': { route, because },
  'record-changed': { recordName: word('record'), address },
  'route-verified': { route, address, identity: server },
  repointed: { nodeId: node, source: node },
  'repoint-failed': { nodeId: node, because },
  'fence-complete': { instanceId },
  'fence-incomplete': { because },
  closed: {
    summary: fc.record({
      cluster: fc.constant('orders'),
      epoch: fc.constant(2),
      trigger,
      oldPrimary: node,
      newPrimary: node,
      route,
      proof: fc.constant('acks-revoked'),
      possibleLoss: loss,
      startedAtMs: at,
      endedAtMs: at,
      outageMs: fc.nat(20_000),
    }),
  },
  'stood-down': { because },
  halted: { at: fc.constantFrom('FenceUnproven', 'UnfinishedChange', 'DatabaseError'), because },
};

/** Any one event, but for its stamp. */
export const arbitraryDetail: fc.Arbitrary<JournalDetail> = fc.oneof(
  ...Object.entries(FIELDS).map(([code, fields]) => fc.record({ code: fc.constant(code), ...fields })),
) as fc.Arbitrary<JournalDetail>;

/** At least one event. */
export const arbitraryJournal: fc.Arbitrary<readonly JournalEvent[]> = fc
  .array(fc.record({ detail: arbitraryDetail, laterMs: fc.nat(2) }), { minLength: 1, maxLength: 25 })
  .map((steps) => {
    let atMs = NOW;
    return steps.map(({ detail, laterMs }) => {
      atMs += laterMs;
      return { ...detail, cluster: 'orders', epoch: 2, execution: 'orders-e2', atMs };
    });
  });
