import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStopped, judgeFence, type FenceEvidence } from '../../lib/core/proofs.ts';
import { counterexample, permutations, semiSync } from './examples.ts';

type Evidence<Kind extends FenceEvidence['kind']> = Extract<FenceEvidence, { kind: Kind }>;

const DEFAULT = { deadlineSeconds: 300, acceptNetworkIsolation: false };
const ACCEPTS_ISOLATION = { ...DEFAULT, acceptNetworkIsolation: true };

const stopped = (changes: Partial<Evidence<'instance-stopped'>> = {}): FenceEvidence => ({
  kind: 'instance-stopped',
  instanceId: 'i-1',
  stateCode: 80,
  ...changes,
});
const readOnly = (changes: Partial<Evidence<'read-only'>> = {}): FenceEvidence => ({
  kind: 'read-only',
  identity: '1',
  expectedIdentity: '1',
  readOnly: true,
  writersLeft: 0,
  ...changes,
});
const revoked = (changes: Partial<Evidence<'acks-revoked'>> = {}): Evidence<'acks-revoked'> => ({
  kind: 'acks-revoked',
  replicas: ['db-2', 'db-3'],
  stopped: ['db-2', 'db-3'],
  semiSync: semiSync(),
  bootsReadOnly: true,
  ...changes,
});
const isolated = (changes: Partial<Evidence<'network-isolated'>> = {}): FenceEvidence => ({
  kind: 'network-isolated',
  interfaces: [{ id: 'eni-1', groups: ['sg-fence'] }],
  fenceGroup: 'sg-fence',
  ...changes,
});

describe('[invariant 1] a fence is proven by', () => {
  it.each<[string, FenceEvidence, typeof DEFAULT]>([
    ['a stopped instance', stopped(), DEFAULT],
    ['a terminated instance', stopped({ stateCode: 48 }), DEFAULT],
    ['a state code whose high byte is in use', stopped({ stateCode: 0x0150 }), DEFAULT],
    ['a read-only server without writers', readOnly(), DEFAULT],
    ['revoked acks of every replica', revoked(), DEFAULT],
    [
      'revoked acks, when a restarted server keeps semi-sync but may be writable',
      revoked({ bootsReadOnly: 'unknown' }),
      DEFAULT,
    ],
    [
      'revoked acks, when a restarted server loses semi-sync but comes up read-only',
      revoked({ semiSync: semiSync({ survivesRestart: false }) }),
      DEFAULT,
    ],
    [
      'revoked acks of two in three, when each commit needs two',
      revoked({ replicas: ['db-2', 'db-3', 'db-4'], semiSync: semiSync({ requiredAcks: 2 }) }),
      DEFAULT,
    ],
    ['an isolated network, where the policy accepts it', isolated(), ACCEPTS_ISOLATION],
  ])('%s', (_, evidence, policy) => {
    expect(judgeFence([evidence], policy)).toMatchObject({ sufficient: true, proof: evidence.kind });
  });
});

describe('[invariant 1] a fence is not proven by', () => {
  it.each<[string, FenceEvidence, typeof DEFAULT, RegExp]>([
    ['an instance that is stopping', stopped({ stateCode: 64 }), DEFAULT, /64 is neither stopped nor terminated/],
    ['a running instance', stopped({ stateCode: 16 }), DEFAULT, /16 is neither/],
    ['an unknown instance state', stopped({ stateCode: -1 }), DEFAULT, /-1 is neither/],
    [
      'another server that is read-only',
      readOnly({ identity: '2' }),
      DEFAULT,
      /server 2 answered where 1 was expected/,
    ],
    [
      'a read-only server, when nobody knew which to expect',
      readOnly({ expectedIdentity: null }),
      DEFAULT,
      /no monitor saw/,
    ],
    ['a server that stayed writable', readOnly({ readOnly: false }), DEFAULT, /not read-only/],
    ['a read-only server with a writer left', readOnly({ writersLeft: 1 }), DEFAULT, /1 sessions can still write/],
    ['revoked acks without a look at semi-sync', revoked({ semiSync: null }), DEFAULT, /no monitor saw/],
    ['revoked acks with semi-sync off', revoked({ semiSync: semiSync({ enabled: false }) }), DEFAULT, /was off/],
    [
      'revoked acks with a timeout',
      revoked({ semiSync: semiSync({ timeoutMs: 10_000 }) }),
      DEFAULT,
      /goes on alone after 10000 ms/,
    ],
    [
      'revoked acks with a wait after the commit',
      revoked({ semiSync: semiSync({ waitPoint: 'afterCommit' }) }),
      DEFAULT,
      /after the commit/,
    ],
    [
      'revoked acks of a server that goes on alone',
      revoked({ semiSync: semiSync({ waitsWithoutReplicas: false }) }),
      DEFAULT,
      /when no replica is connected/,
    ],
    [
      'revoked acks of a server that may restart into anything',
      revoked({ semiSync: semiSync({ survivesRestart: false }), bootsReadOnly: 'unknown' }),
      DEFAULT,
      /neither semi-sync nor read-only/,
    ],
    [
      'revoked acks, when more replicas were connected than are configured',
      revoked({ semiSync: semiSync({ connectedReplicas: 3 }) }),
      DEFAULT,
      /3 semi-sync replicas were connected, but only 2/,
    ],
    ['revoked acks, when one replica is left', revoked({ stopped: ['db-2'] }), DEFAULT, /db-3 might still acknowledge/],
    [
      'revoked acks of servers that are not configured',
      revoked({ stopped: ['db-8', 'db-9'] }),
      DEFAULT,
      /db-2, db-3 might/,
    ],
    ['an isolated network, where the policy does not accept it', isolated(), DEFAULT, /policy does not accept it/],
    [
      'an isolated network with an old group left',
      isolated({ interfaces: [{ id: 'eni-1', groups: ['sg-fence', 'sg-1'] }] }),
      ACCEPTS_ISOLATION,
      /other groups/,
    ],
    [
      'an isolated network with an interface forgotten',
      isolated({
        interfaces: [
          { id: 'eni-1', groups: ['sg-fence'] },
          { id: 'eni-9', groups: ['sg-1'] },
        ],
      }),
      ACCEPTS_ISOLATION,
      /other groups/,
    ],
    ['an isolated network without any interface', isolated({ interfaces: [] }), ACCEPTS_ISOLATION, /no interface/],
  ])('%s', (_, evidence, policy, lacking) => {
    const judgement = judgeFence([evidence], policy);
    expect(judgement.sufficient).toBe(false);
    expect(judgement.because).toMatch(lacking);
  });

  it('nothing at all', () => {
    expect(judgeFence([], ACCEPTS_ISOLATION)).toEqual({ sufficient: false, because: 'there is no evidence yet' });
  });
});

describe('evidence of several kinds', () => {
  it('names what each lacks, each once', () => {
    const { because } = judgeFence([stopped({ stateCode: 64 }), isolated(), stopped({ stateCode: 64 })], DEFAULT);
    expect(because).toBe(
      'instance-stopped: state code 64 is neither stopped nor terminated; network-isolated: the policy does not accept it alone',
    );
  });

  it('suffices in any order when one piece does', () => {
    for (const pieces of permutations([stopped({ stateCode: 64 }), readOnly({ writersLeft: 2 }), revoked()])) {
      expect(judgeFence(pieces, DEFAULT)).toMatchObject({ sufficient: true, proof: 'acks-revoked' });
    }
  });
});

const anySemiSync = fc.record({
  enabled: fc.boolean(),
  timeoutMs: fc.constantFrom(0, 10_000, 4_294_967_295),
  waitPoint: fc.constantFrom('beforeCommit' as const, 'afterCommit' as const),
  waitsWithoutReplicas: fc.boolean(),
  requiredAcks: fc.nat(3),
  connectedReplicas: fc.nat(5),
  survivesRestart: fc.boolean(),
});
/** Settings under which only the count decides. */
const soundSemiSync = fc.nat(3).map((requiredAcks) => semiSync({ requiredAcks }));
const NODES = ['db-2', 'db-3', 'db-4', 'db-5'];
const anyBoot = fc.constantFrom(true, false, 'unknown' as const);
const anyRevoked = fc.record({
  kind: fc.constant('acks-revoked' as const),
  replicas: fc.subarray(NODES),
  stopped: fc.subarray(NODES),
  semiSync: fc.oneof(fc.constant(null), anySemiSync, soundSemiSync),
  bootsReadOnly: anyBoot,
});
const anyEvidence: fc.Arbitrary<FenceEvidence> = fc.oneof(
  anyRevoked,
  fc.constantFrom(16, 64, 80, 48, -1).map((stateCode) => stopped({ stateCode })),
  fc
    .tuple(fc.constantFrom('1', '2'), fc.boolean(), fc.nat(1))
    .map(([identity, is, writersLeft]) => readOnly({ identity, readOnly: is, writersLeft })),
  fc
    .array(fc.subarray(['sg-fence', 'sg-1']), { maxLength: 2 })
    .map((groups) => isolated({ interfaces: groups.map((each, index) => ({ id: `eni-${index}`, groups: each })) })),
);

describe('[invariant 1] whatever the evidence', () => {
  it('removing a piece never makes an insufficient set sufficient', () => {
    const pieces = fc.array(anyEvidence, { maxLength: 5 });
    const found = counterexample([pieces, pieces, fc.boolean()], (kept, removed, acceptNetworkIsolation) => {
      const policy = { ...DEFAULT, acceptNetworkIsolation };
      fc.pre(!judgeFence([...removed, ...kept], policy).sufficient);
      return !judgeFence(kept, policy).sufficient;
    });
    expect(found).toBeNull();
  });

  it('one more stopped replica never takes a proof away', () => {
    const found = counterexample([anyRevoked, fc.constantFrom(...NODES)], (piece, another) => {
      fc.pre(judgeFence([piece], DEFAULT).sufficient);
      return judgeFence([{ ...piece, stopped: [...piece.stopped, another] }], DEFAULT).sufficient;
    });
    expect(found).toBeNull();
  });

  it('revoked acks prove exactly what counting the replicas that might acknowledge says', () => {
    const nodes = fc.subarray(NODES, { minLength: 2 });
    const found = counterexample([nodes, fc.subarray(NODES), fc.nat(3)], (replicas, silent, needed) => {
      const mightAcknowledge = replicas.filter((replica) => !silent.includes(replica)).length;
      const evidence = revoked({ replicas, stopped: silent, semiSync: semiSync({ requiredAcks: needed }) });
      return judgeFence([evidence], DEFAULT).sufficient === mightAcknowledge < needed;
    });
    expect(found).toBeNull();
  });

  it('the sentence and the proof name the piece that suffices', () => {
    const found = counterexample([fc.array(anyEvidence, { maxLength: 5 })], (pieces) => {
      const judgement = judgeFence(pieces, DEFAULT);
      if (!judgement.sufficient) return true;
      const alone = pieces.filter((piece) => piece.kind === judgement.proof);
      return isDeepStrictEqual(judgeFence(alone, DEFAULT), judgement);
    });
    expect(found).toBeNull();
  });
});

describe('an instance is stopped', () => {
  it.each([
    [0, false],
    [16, false],
    [32, false],
    [48, true],
    [64, false],
    [80, true],
    [0x0140, false],
    [0x0130, true],
  ])('with state code %i: %s', (code, is) => {
    expect(isStopped(code)).toBe(is);
  });
});
