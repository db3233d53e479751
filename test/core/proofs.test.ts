import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fenceEvidenceSchema, isStopped, judgeFence, type FenceEvidence } from '../../lib/core/proofs.ts';
import { counterexample, permutations, semiSync } from './examples.ts';

type Evidence<Kind extends FenceEvidence['kind']> = Extract<FenceEvidence, { kind: Kind }>;

const DEFAULT = { deadlineSeconds: 300, acceptNetworkIsolation: false };
const ACCEPTS_ISOLATION = { ...DEFAULT, acceptNetworkIsolation: true };
const ONE_DAY_MS = 24 * 3_600_000;

const stopped = (changes: Partial<Evidence<'instance-stopped'>> = {}): FenceEvidence => ({
  kind: 'instance-stopped',
  instanceId: 'i-1',
  expectedInstanceId: 'i-1',
  stateCode: 80,
  ...changes,
});
const readOnly = (changes: Partial<Evidence<'read-only'>> = {}): FenceEvidence => ({
  kind: 'read-only',
  identity: '1',
  expectedIdentity: '1',
  readOnly: true,
  writersLeft: 0,
  bootsReadOnly: true,
  ...changes,
});
const revoked = (changes: Partial<Evidence<'acks-revoked'>> = {}): Evidence<'acks-revoked'> => ({
  kind: 'acks-revoked',
  replicas: ['db-2', 'db-3'],
  stopped: ['db-2', 'db-3'],
  acknowledging: ['db-2', 'db-3'],
  semiSync: semiSync(),
  bootsReadOnly: true,
  ...changes,
});
const refusal = (zone: string, forMs = 1_000) => ({ monitor: zone, availabilityZone: `eu-central-1${zone}`, forMs });
const dead = (changes: Partial<Evidence<'dead-and-boots-read-only'>> = {}): FenceEvidence => ({
  kind: 'dead-and-boots-read-only',
  refusals: [refusal('b'), refusal('c')],
  replicas: ['db-2', 'db-3'],
  cut: ['db-2', 'db-3'],
  bootsReadOnly: true,
  ...changes,
});
const isolated = (changes: Partial<Evidence<'network-isolated'>> = {}): FenceEvidence => ({
  kind: 'network-isolated',
  interfaces: [{ id: 'eni-1', groups: ['sg-fence'] }],
  expectedInterface: 'eni-1',
  fenceGroup: 'sg-fence',
  ...changes,
});
/** One sufficient piece of each kind, under the policy that accepts all. */
const sameServer = (changes: Partial<Extract<FenceEvidence, { kind: 'same-server' }>> = {}): FenceEvidence => ({
  kind: 'same-server',
  nodeId: 'db-1',
  oldPrimary: 'db-1',
  identity: '1',
  expectedIdentity: '1',
  ...changes,
});
const SUFFICIENT: readonly FenceEvidence[] = [stopped(), readOnly(), revoked(), dead(), isolated(), sameServer()];

describe('[invariant 1] a fence is proven by', () => {
  it.each<[string, FenceEvidence, typeof DEFAULT]>([
    ['a stopped instance', stopped(), DEFAULT],
    ['a terminated instance', stopped({ stateCode: 48 }), DEFAULT],
    ['a state code whose high byte is in use', stopped({ stateCode: 0x0150 }), DEFAULT],
    ['a read-only server without writers that boots so', readOnly(), DEFAULT],
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
      revoked({
        replicas: ['db-2', 'db-3', 'db-4'],
        acknowledging: ['db-2', 'db-3', 'db-4'],
        semiSync: semiSync({ requiredAcks: 2, connectedReplicas: 3 }),
      }),
      DEFAULT,
    ],
    [
      'revoked acks, when a replica had gone before',
      revoked({ acknowledging: ['db-2'], semiSync: semiSync({ connectedReplicas: 1 }) }),
      DEFAULT,
    ],
    ['revoked acks with a timeout of a day', revoked({ semiSync: semiSync({ timeoutMs: ONE_DAY_MS }) }), DEFAULT],
    ['a dead server that boots read-only', dead(), DEFAULT],
    [
      'a dead server, whatever a third monitor can not tell',
      dead({ refusals: [refusal('a', 0), refusal('b'), refusal('c', 9_000)] }),
      DEFAULT,
    ],
    ['an isolated network, where the policy accepts it', isolated(), ACCEPTS_ISOLATION],
    [
      'an isolated network of two interfaces',
      isolated({ interfaces: ['eni-1', 'eni-9'].map((id) => ({ id, groups: ['sg-fence'] })) }),
      ACCEPTS_ISOLATION,
    ],
    ['that the server which is opened is the old primary itself', sameServer(), DEFAULT],
  ])('%s', (_, evidence, policy) => {
    expect(judgeFence([evidence], policy)).toMatchObject({ sufficient: true, proof: evidence.kind });
  });
});

describe('[invariant 1] a fence is not proven by', () => {
  it.each<[string, FenceEvidence, typeof DEFAULT, RegExp]>([
    ['another server at the address of the old primary', sameServer({ identity: '9' }), DEFAULT, /9 answered where 1/],
    ['a server of which nobody knows what it was', sameServer({ expectedIdentity: null }), DEFAULT, /no monitor saw/],
    ['another node than the old primary', sameServer({ nodeId: 'db-2' }), DEFAULT, /db-2 is not db-1/],
    ['an instance that is stopping', stopped({ stateCode: 64 }), DEFAULT, /64 is neither stopped nor terminated/],
    ['an instance that is shutting down', stopped({ stateCode: 32 }), DEFAULT, /32 is neither/],
    ['a running instance', stopped({ stateCode: 16 }), DEFAULT, /16 is neither/],
    ['an unknown instance state', stopped({ stateCode: -1 }), DEFAULT, /-1 is neither/],
    [
      'another instance that is stopped',
      stopped({ instanceId: 'i-9' }),
      DEFAULT,
      /EC2 answered about i-9, the old primary is i-1/,
    ],
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
    [
      'a read-only server that a supervisor may open by a restart',
      readOnly({ bootsReadOnly: 'unknown' }),
      DEFAULT,
      /may be started again, and is not known to boot read-only/,
    ],
    ['a read-only server that boots writable', readOnly({ bootsReadOnly: false }), DEFAULT, /may be started again/],
    ['revoked acks without a look at semi-sync', revoked({ semiSync: null }), DEFAULT, /no monitor saw/],
    ['revoked acks with semi-sync off', revoked({ semiSync: semiSync({ enabled: false }) }), DEFAULT, /was off/],
    [
      'revoked acks with a timeout',
      revoked({ semiSync: semiSync({ timeoutMs: ONE_DAY_MS - 1 }) }),
      DEFAULT,
      /goes on alone after 86399999 ms/,
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
      'revoked acks of a server that restarts without semi-sync, writable',
      revoked({ semiSync: semiSync({ survivesRestart: false }), bootsReadOnly: false }),
      DEFAULT,
      /neither semi-sync nor read-only/,
    ],
    [
      'revoked acks, when more replicas were connected than are configured',
      revoked({ semiSync: semiSync({ connectedReplicas: 3 }) }),
      DEFAULT,
      /3 semi-sync replicas were connected, but only 2 of them are known \(db-2, db-3\)/,
    ],
    [
      'revoked acks, when a stranger was connected in place of one that is configured',
      revoked({ acknowledging: ['db-2'] }),
      DEFAULT,
      /2 semi-sync replicas were connected, but only 1 of them are known \(db-2\)/,
    ],
    [
      'revoked acks, when a node acknowledged that is not configured any more',
      revoked({ acknowledging: ['db-2', 'db-9'] }),
      DEFAULT,
      /only 1 of them are known/,
    ],
    ['revoked acks, when one replica is left', revoked({ stopped: ['db-2'] }), DEFAULT, /db-3 might still acknowledge/],
    [
      'revoked acks of servers that are not configured',
      revoked({ stopped: ['db-8', 'db-9'] }),
      DEFAULT,
      /db-2, db-3 might/,
    ],
    [
      'revoked acks, where none was asked for',
      revoked({ semiSync: semiSync({ requiredAcks: 0 }) }),
      DEFAULT,
      /asked for no acknowledgement/,
    ],
    [
      'a dead server that may boot writable',
      dead({ bootsReadOnly: 'unknown' }),
      DEFAULT,
      /not known to boot read-only/,
    ],
    [
      'a port that refuses as seen from one zone',
      dead({ refusals: [refusal('b'), { ...refusal('b'), monitor: 'b2' }] }),
      DEFAULT,
      /from 1 zones, 2 are needed/,
    ],
    [
      'a port that has not refused for long enough',
      dead({ refusals: [refusal('b'), refusal('c', 999)] }),
      DEFAULT,
      /for 1000 ms as seen from 1 zones/,
    ],
    ['a closed port, while nobody was refused', dead({ refusals: [] }), DEFAULT, /from 0 zones/],
    ['a closed port, while a replica still hears', dead({ cut: ['db-2'] }), DEFAULT, /cut the connection of db-3/],
    ['a closed port, with connections cut of others', dead({ cut: ['db-8', 'db-9'] }), DEFAULT, /of db-2, db-3/],
    ['a closed port, without a replica to tell', dead({ replicas: [], cut: [] }), DEFAULT, /no replica/],
    ['an isolated network, where the policy does not accept it', isolated(), DEFAULT, /policy does not accept it/],
    [
      'an isolated network with an old group left',
      isolated({ interfaces: [{ id: 'eni-1', groups: ['sg-fence', 'sg-1'] }] }),
      ACCEPTS_ISOLATION,
      /other groups/,
    ],
    [
      'an isolated network with another group in place of ours',
      isolated({ interfaces: [{ id: 'eni-1', groups: ['sg-1'] }] }),
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
    [
      'an isolated network without any interface',
      isolated({ interfaces: [] }),
      ACCEPTS_ISOLATION,
      /eni-1, the interface/,
    ],
    [
      'the isolated network of another instance',
      isolated({ interfaces: [{ id: 'eni-9', groups: ['sg-fence'] }] }),
      ACCEPTS_ISOLATION,
      /eni-1, the interface of the old primary, was not among/,
    ],
  ])('%s', (_, evidence, policy, lacking) => {
    const judgement = judgeFence([evidence], policy);
    expect(judgement.sufficient).toBe(false);
    expect(judgement.because).toMatch(lacking);
  });

  it('nothing at all', () => {
    expect(judgeFence([], ACCEPTS_ISOLATION)).toEqual({ sufficient: false, because: 'there is no evidence yet' });
  });
});

/** What makes a value false, empty or another one: whatever a premise could be broken by. */
function broken(value: unknown): readonly unknown[] {
  if (value === null) return [];
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const fewer = items.map((_, index) => items.filter((__, other) => other !== index));
    const worse = items.flatMap((item, index) => broken(item).map((each) => items.with(index, each)));
    return [[], ...fewer, ...worse];
  }
  switch (typeof value) {
    case 'boolean':
      return [!value];
    case 'number':
      return [value - 1, value + 1, ...(value === 0 ? [] : [0])];
    case 'string':
      return [`not ${value}`];
    case 'object':
      return [
        null,
        ...Object.entries(value).flatMap(([name, each]) => broken(each).map((worse) => ({ ...value, [name]: worse }))),
      ];
    default:
      return [];
  }
}

/**
 * Changes that break no premise, each with its reason. Everything else that a piece could say differently must make it
 * insufficient: a field that decides nothing would be a premise that is assumed.
 */
const HARMLESS: Readonly<Record<FenceEvidence['kind'], readonly RegExp[]>> = {
  'instance-stopped': [],
  'read-only': [],
  'acks-revoked': [
    // Settings that survive a restart are needed only where it may boot writable, and the other way round.
    /^(semiSync\.survivesRestart|bootsReadOnly)$/,
    // Still more than a day.
    /^semiSync\.timeoutMs (4294967294|4294967296)$/,
    // More than that many could not be stopped or known; fewer are.
    /^semiSync\.(requiredAcks 2|connectedReplicas [01])$/,
    // The wait is for one of those that are stopped.
    /^replicas \["db-[23]"\]$/,
  ],
  // More than a second; and monitors are known by their zones.
  'dead-and-boots-read-only': [
    /^refusals .*"forMs":1001/,
    /^refusals .*"monitor":"not /,
    /^refusals .*"availabilityZone":"not /,
    /^replicas \["db-[23]"\]$/,
  ],
  'network-isolated': [],
  'same-server': [],
};

describe('[invariant 1] of a sufficient piece', () => {
  const cases = SUFFICIENT.flatMap((piece) =>
    Object.entries(piece)
      .filter(([name]) => name !== 'kind')
      .flatMap(([name, value]) =>
        (name === 'semiSync'
          ? nested(name, value)
          : broken(value).map((worse) => ({ path: name, worse, changes: { [name]: worse } }))
        ).map(({ path, worse, changes }) => {
          const label = typeof worse === 'boolean' ? path : `${path} ${JSON.stringify(worse)}`;
          return { kind: piece.kind, label, piece: { ...piece, ...changes } };
        }),
      ),
  )
    .filter(({ piece }) => fenceEvidenceSchema.safeParse(piece).success)
    .filter(({ kind, label }) => !HARMLESS[kind].some((harmless) => harmless.test(label)));

  /** Fields of a field, one at a time. */
  function nested(name: string, value: object) {
    return Object.entries(value).flatMap(([field, each]) =>
      broken(each).map((worse) => ({
        path: `${name}.${field}`,
        worse,
        changes: { [name]: { ...value, [field]: worse } },
      })),
    );
  }

  it.each(cases)('each premise counts: $kind with another $label is none', ({ piece }) => {
    expect(judgeFence([piece], ACCEPTS_ISOLATION).sufficient).toBe(false);
  });

  it('no premise was left out of the table', () => {
    const fields = new Set(cases.map(({ kind, label }) => `${kind} ${label.split(' ')[0]}`));
    const expected = SUFFICIENT.flatMap((piece) =>
      Object.keys(piece).flatMap((name) => (name === 'kind' ? [] : [`${piece.kind} ${name}`])),
    );
    const missing = expected.filter((field) => ![...fields].some((each) => each.startsWith(field)));
    // Boots read-only decides for revoked acks only together with what survives a restart: shown above.
    expect(missing).toEqual(['acks-revoked bootsReadOnly']);
  });
});

describe('what people are told of a proof', () => {
  it.each<[FenceEvidence, string]>([
    [stopped(), 'EC2 says that i-1 is stopped (state code 80)'],
    [readOnly(), 'server 1 answered that it is read-only and that no session can write, and boots read-only'],
    [
      revoked(),
      'db-2, db-3 stopped receiving; of 2 replicas too few are left for the 1 acknowledgement(s) that each commit needs',
    ],
    [
      revoked({ stopped: [], semiSync: semiSync({ requiredAcks: 3 }) }),
      'nobody stopped receiving; of 2 replicas too few are left for the 3 acknowledgement(s) that each commit needs',
    ],
    [
      dead({ refusals: [refusal('c'), refusal('b')] }),
      'its port refuses as seen from eu-central-1b and eu-central-1c, it has cut every connection of monitors and of db-2, db-3, for at least 1000 ms, and it boots read-only',
    ],
    [isolated(), 'every interface has only the fence group sg-fence, which the policy accepts'],
  ])('%#', (piece, because) => {
    expect(judgeFence([piece], ACCEPTS_ISOLATION)).toEqual({ sufficient: true, proof: piece.kind, because });
  });

  it('names who is known among acknowledgers, also when that is nobody', () => {
    expect(judgeFence([revoked({ acknowledging: [] })], DEFAULT).because).toContain('only 0 of them are known (none)');
  });

  it('is the same of several pieces of one kind, in any order', () => {
    const pieces = [stopped({ stateCode: 80 }), stopped({ stateCode: 48 }), stopped({ stateCode: 0x0150 })];
    for (const order of permutations(pieces)) {
      expect(judgeFence(order, DEFAULT).because).toBe('EC2 says that i-1 is stopped (state code 336)');
    }
    const lacking = [stopped({ stateCode: 64 }), stopped({ stateCode: 16 }), stopped({ stateCode: 32 })];
    for (const order of permutations(lacking)) {
      expect(judgeFence(order, DEFAULT).because).toMatch(/code 16 .*code 32 .*code 64 /);
    }
  });
});

describe('evidence of several kinds', () => {
  it('names what each lacks, each once', () => {
    const { because } = judgeFence([isolated(), stopped({ stateCode: 64 }), stopped({ stateCode: 64 })], DEFAULT);
    expect(because).toBe(
      'instance-stopped: state code 64 is neither stopped nor terminated; network-isolated: the policy does not accept it alone',
    );
  });

  it('suffices in any order when one piece does', () => {
    for (const pieces of permutations([stopped({ stateCode: 64 }), readOnly({ writersLeft: 2 }), revoked()])) {
      expect(judgeFence(pieces, DEFAULT)).toMatchObject({ sufficient: true, proof: 'acks-revoked' });
    }
  });

  it('is read back from the journal as it was written', () => {
    for (const piece of SUFFICIENT) expect(fenceEvidenceSchema.parse(structuredClone(piece))).toEqual(piece);
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
  acknowledging: fc.subarray(NODES),
  semiSync: fc.oneof(fc.constant(null), anySemiSync, soundSemiSync),
  bootsReadOnly: anyBoot,
});
const anyRefusal = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(0, 999, 1_000, 9_000));
const anyDead = fc.record({
  kind: fc.constant('dead-and-boots-read-only' as const),
  refusals: fc.array(anyRefusal, { maxLength: 3 }).map((all) => all.map(([zone, forMs]) => refusal(zone, forMs))),
  replicas: fc.subarray(['db-2', 'db-3'], { minLength: 1 }),
  cut: fc.subarray(['db-2', 'db-3']),
  bootsReadOnly: anyBoot,
});
const anyEvidence: fc.Arbitrary<FenceEvidence> = fc.oneof(
  anyRevoked,
  anyDead,
  fc.constantFrom(16, 64, 80, 48, -1).map((stateCode) => stopped({ stateCode })),
  fc
    .tuple(fc.constantFrom('1', '2'), fc.boolean(), fc.nat(1), anyBoot)
    .map(([identity, is, writersLeft, bootsReadOnly]) =>
      readOnly({ identity, readOnly: is, writersLeft, bootsReadOnly }),
    ),
  fc
    .array(fc.subarray(['sg-fence', 'sg-1']), { maxLength: 2 })
    .map((groups) => isolated({ interfaces: groups.map((each, index) => ({ id: `eni-${index + 1}`, groups: each })) })),
);
const pieces = fc.array(anyEvidence, { maxLength: 5 });

describe('[invariant 1] whatever the evidence', () => {
  it('removing a piece never makes an insufficient set sufficient', () => {
    const found = counterexample([pieces, pieces, fc.boolean()], (kept, removed, acceptNetworkIsolation) => {
      const policy = { ...DEFAULT, acceptNetworkIsolation };
      fc.pre(!judgeFence([...removed, ...kept], policy).sufficient);
      return !judgeFence(kept, policy).sufficient;
    });
    expect(found).toBeNull();
  });

  it('adding a piece never makes a sufficient set insufficient', () => {
    const found = counterexample([pieces, pieces, fc.boolean()], (some, more, acceptNetworkIsolation) => {
      const policy = { ...DEFAULT, acceptNetworkIsolation };
      fc.pre(judgeFence(some, policy).sufficient);
      return judgeFence([...more, ...some], policy).sufficient;
    });
    expect(found).toBeNull();
  });

  it('its order changes nothing, not even the words', () => {
    const shuffled = pieces.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    const found = counterexample([shuffled], ([one, other]) =>
      isDeepStrictEqual(judgeFence(one, ACCEPTS_ISOLATION), judgeFence(other, ACCEPTS_ISOLATION)),
    );
    expect(found).toBeNull();
  });

  it('a set suffices only when one piece of it does: pieces are never added up', () => {
    const found = counterexample([pieces], (all) => {
      const alone = all.some((piece) => judgeFence([piece], DEFAULT).sufficient);
      return judgeFence(all, DEFAULT).sufficient === alone;
    });
    expect(found).toBeNull();
  });

  it('a policy that accepts more takes no proof away', () => {
    const found = counterexample([pieces], (all) => {
      fc.pre(judgeFence(all, DEFAULT).sufficient);
      return judgeFence(all, ACCEPTS_ISOLATION).sufficient;
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

  it('one more acknowledger that nobody knows never makes a proof', () => {
    const found = counterexample([anyRevoked, anySemiSync], (piece, settings) => {
      const one = { ...piece, semiSync: settings };
      const more = { ...settings, connectedReplicas: settings.connectedReplicas + 1 };
      fc.pre(!judgeFence([one], DEFAULT).sufficient);
      return !judgeFence([{ ...one, semiSync: more }], DEFAULT).sufficient;
    });
    expect(found).toBeNull();
  });

  it('revoked acks prove exactly what counting the replicas that might acknowledge says', () => {
    const nodes = fc.subarray(NODES, { minLength: 2 });
    const found = counterexample([nodes, fc.subarray(NODES), fc.nat(3)], (replicas, silent, needed) => {
      const mightAcknowledge = replicas.filter((replica) => !silent.includes(replica)).length;
      const evidence = revoked({
        replicas,
        stopped: silent,
        acknowledging: replicas,
        semiSync: semiSync({ requiredAcks: needed, connectedReplicas: replicas.length }),
      });
      return judgeFence([evidence], DEFAULT).sufficient === mightAcknowledge < needed;
    });
    expect(found).toBeNull();
  });

  it('one more monitor that is refused, or one more replica that is cut, never takes a proof away', () => {
    const found = counterexample(
      [anyDead, anyRefusal, fc.constantFrom('db-2', 'db-3')],
      (piece, [zone, forMs], node) => {
        fc.pre(judgeFence([piece], DEFAULT).sufficient);
        const more = { ...piece, refusals: [...piece.refusals, refusal(zone, forMs)], cut: [...piece.cut, node] };
        return judgeFence([more], DEFAULT).sufficient;
      },
    );
    expect(found).toBeNull();
  });

  it('the sentence and the proof name a piece that suffices', () => {
    const found = counterexample([pieces], (all) => {
      const judgement = judgeFence(all, DEFAULT);
      if (!judgement.sufficient) return true;
      const alone = all.filter((piece) => piece.kind === judgement.proof);
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

describe('of several proofs that suffice', () => {
  it.each(SUFFICIENT.map((piece, index) => [piece.kind, SUFFICIENT.slice(index)] as const))(
    '%s is named before all that stand after it',
    (kind, pieces) => {
      for (const order of permutations(pieces)) {
        expect(judgeFence(order, ACCEPTS_ISOLATION)).toMatchObject({ sufficient: true, proof: kind });
      }
    },
  );

  it('of one kind, the same is named in whatever order they come', () => {
    const pieces = ['i-1', 'i-2', 'i-3'].map((id) => stopped({ instanceId: id, expectedInstanceId: id }));
    for (const order of permutations(pieces)) {
      expect(judgeFence(order, DEFAULT)).toMatchObject({ because: expect.stringContaining('i-1 ') });
    }
  });
});
