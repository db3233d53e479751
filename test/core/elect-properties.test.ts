import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../lib/core/config.ts';
import { elect, type Election, type ElectionInput } from '../../lib/core/elect.ts';
import { contenderOf, type Answer, type Contender } from '../../lib/core/election/contender.ts';
import { preferenceOf } from '../../lib/core/election/preference.ts';
import type { NodeObservation, ServerObservation } from '../../lib/core/observation.ts';
import { clusterOf, sight } from './elections.ts';
import { counterexample, missing, NOW, permutations, replica, seen, seenServer, semiSync, server } from './examples.ts';

const REPLICAS = ['db-2', 'db-3', 'db-4', 'db-5'];

describe('whatever was observed', () => {
  const cluster = clusterOf(5, { semiSync: 'off' });
  const anyReplica = fc.record({
    received: fc.constantFrom('0-1-98', '0-1-99', '0-1-100', '0-1-100', '0-1-99,1-1-1', '0-4-101'),
    semiSync: fc.boolean(),
    lagSeconds: fc.constantFrom(null, 0, 5, 61),
    applier: fc.constantFrom('applying' as const, 'applying' as const, 'stopped' as const),
    filters: fc.constantFrom<string[]>([], [], [], ['Replicate_Do_DB: app']),
  });
  const anySight = (nodeId: string) =>
    fc
      .tuple(fc.option(anyReplica, { freq: 6 }), fc.constantFrom('10.11.19', '10.11.19', '11.4.2'))
      .map(([changes, version]) =>
        changes === null ? missing(nodeId) : seenServer(nodeId, { version, replica: replica(changes) }),
      );
  const anySights = fc.tuple(...REPLICAS.map(anySight));
  const anyInput = fc.record({
    observations: anySights,
    lastSeen: fc.constantFrom(sight(), null),
    nominee: fc.constantFrom(null, null, { nodeId: 'db-3', epoch: 5 }),
  });
  const choose = (input: Partial<ElectionInput> & Pick<ElectionInput, 'observations'>): Election =>
    elect({ cluster, oldPrimary: 'db-1', lastSeen: sight(), nominee: null, fenced: {}, promotedAt: null, ...input });

  it('neither the order of observations nor that of the configuration changes a word of the answer', () => {
    const found = counterexample([anyInput], (input) => {
      const answer = choose(input);
      const asObserved = permutations(input.observations).map((observations) => choose({ ...input, observations }));
      const asConfigured = permutations(cluster.nodes.slice(1)).map(([...rest]) =>
        choose({ ...input, cluster: { ...cluster, nodes: [...rest, ...cluster.nodes.slice(0, 1)] } }),
      );
      return [...asObserved, ...asConfigured].every((other) => isDeepStrictEqual(other, answer));
    });
    expect(found).toBeNull();
  });

  it('everybody but the winner is told why not, once', () => {
    const found = counterexample([anyInput], (input) => {
      const election = choose(input);
      if (!election.elected) return election.because.startsWith('promote nothing: ');
      const all = [election.winner, ...election.losers.map((each) => each.nodeId)].sort();
      return isDeepStrictEqual(all, REPLICAS) && election.losers.every((each) => each.because.includes(each.nodeId));
    });
    expect(found).toBeNull();
  });

  it('[invariant 1] nobody but the nominee wins where there is one', () => {
    const nominee = { nodeId: 'db-3', epoch: 5 };
    const found = counterexample([anyInput], (input) => {
      const election = choose({ ...input, nominee });
      return election.elected ? election.winner === 'db-3' : election.code !== 'no-candidate';
    });
    expect(found).toBeNull();
  });

  it('the old primary never wins, whatever it says of itself', () => {
    const self = seen('db-1', { received: '0-1-500' });
    const found = counterexample([anyInput], (input) =>
      isDeepStrictEqual(choose({ ...input, observations: [self, ...input.observations] }), choose(input)),
    );
    expect(found).toBeNull();
  });

  it('the age of a look does not matter', () => {
    const old = (each: NodeObservation) => ({ ...each, atMs: NOW - 60_000 });
    const found = counterexample([anyInput], (input) =>
      isDeepStrictEqual(choose({ ...input, observations: input.observations.map(old) }), choose(input)),
    );
    expect(found).toBeNull();
  });

  it('somebody is elected now and then, and each refusal that may come of it comes: or the rest would say nothing', () => {
    const codes = new Set(
      fc.sample(anyInput, { numRuns: 2_000, seed: 7 }).map((input) => {
        const election = choose(input);
        return election.elected ? 'elected' : election.code;
      }),
    );
    expect([...codes].sort()).toEqual([
      'candidate-behind',
      'elected',
      'no-candidate',
      'nominee-unclear',
      'positions-unclear',
    ]);
  });
});

describe('preference is a total order', () => {
  const cluster = clusterOf(5);
  const input: ElectionInput = {
    cluster,
    oldPrimary: 'db-1',
    observations: [],
    lastSeen: null,
    nominee: null,
    fenced: {},
    promotedAt: null,
  };
  const anyContender = (id: string): fc.Arbitrary<Contender> =>
    fc
      .record({
        received: fc.constantFrom('0-1-99', '0-1-100'),
        semiSync: fc.boolean(),
        lagSeconds: fc.constantFrom(null, 0, 5),
      })
      .chain((changes) =>
        fc.constantFrom('0-1-98', '0-1-99').map((executed) => {
          const node = cluster.nodes.find((each) => each.id === id)!;
          return contenderOf(input, node, answer(id, { executed, replica: replica(changes) }));
        }),
      );
  function answer(nodeId: string, changes: Partial<ServerObservation> = {}): Answer {
    return { nodeId, atMs: NOW, reachable: true, server: server(changes) };
  }
  const before = (a: Contender, b: Contender) => preferenceOf(input, a, b).order === -1;

  it('of two one goes first, whichever is asked first, and the loser is told why', () => {
    const found = counterexample([anyContender('db-2'), anyContender('db-4')], (a, b) => {
      const [there, back] = [preferenceOf(input, a, b), preferenceOf(input, b, a)];
      return there.order === -back.order && there.code === back.code && there.because === back.because;
    });
    expect(found).toBeNull();
  });

  it('of three: who goes before one that goes before another goes before that one', () => {
    const found = counterexample([anyContender('db-2'), anyContender('db-3'), anyContender('db-4')], (...three) =>
      permutations(three).every(([a, b, c]) => !(before(a!, b!) && before(b!, c!)) || before(a!, c!)),
    );
    expect(found).toBeNull();
  });

  it('that refuses to compare a node with itself', () => {
    const [node] = cluster.nodes.slice(1);
    const it = contenderOf(input, node!, answer('db-2'));
    expect(() => preferenceOf(input, it, it)).toThrow('db-2 was compared with itself');
  });
});

/** What really happened: how far each replica came, what it wrote itself, and who answers. */
interface Truth {
  readonly engine: Engine;
  /** Transactions of the primary. */
  readonly written: number;
  /** How many of them a monitor saw executed. */
  readonly seen: number;
  readonly requiredAcks: number;
  readonly replicas: readonly { received: number; own: number; answers: boolean }[];
}

/**
 * A MariaDB position shows no transaction that a replica wrote itself while the numbers of the primary, as last seen, go
 * beyond it. `gtid_strict_mode` keeps such a replica from going on; nothing here can.
 */
const isShown = ({ engine, replicas, seen: seenAt }: Truth) =>
  engine === 'mysql' || replicas.every(({ received, own }) => own === 0 || received + own >= seenAt);

const anyTruth: fc.Arbitrary<Truth> = fc.record({
  engine: fc.constantFrom<Engine>('mysql', 'mariadb'),
  written: fc.integer({ min: 20, max: 30 }),
  seen: fc.integer({ min: 10, max: 20 }),
  requiredAcks: fc.integer({ min: 1, max: 3 }),
  replicas: fc.array(
    fc.record({
      received: fc.integer({ min: 15, max: 30 }),
      own: fc.constantFrom(0, 0, 0, 0, 1, 3),
      answers: fc.constantFrom(true, true, true, false),
    }),
    { minLength: 4, maxLength: 4 },
  ),
});

const uuid = (n: number) => `${`${n}`.repeat(8)}-0000-0000-0000-000000000000`;
const idOf = (engine: Engine, n: number) => (engine === 'mysql' ? uuid(n) : `${n}`);

/** The position of replica `n`, after so many transactions of the primary and so many of its own. */
function positionOf(engine: Engine, n: number, received: number, own: number): string {
  if (engine === 'mysql') return `${uuid(1)}:1-${received}${own === 0 ? '' : `,${uuid(n)}:1-${own}`}`;
  return own === 0 ? `0-1-${received}` : `0-${n}-${received + own}`;
}

function electOn(truth: Truth, policy: 'required' | 'off'): Election {
  const { engine, requiredAcks } = truth;
  const observations = truth.replicas.map(({ received, own, answers }, index) => {
    const executed = positionOf(engine, index + 2, Math.min(received, truth.written), own);
    const id = `db-${index + 2}`;
    return answers ? seenServer(id, { executed, replica: replica({ received: executed }) }) : missing(id);
  });
  return elect({
    cluster: clusterOf(5, { engine, semiSync: policy }),
    oldPrimary: 'db-1',
    observations,
    lastSeen: sight({
      identity: idOf(engine, 1),
      executed: positionOf(engine, 1, truth.seen, 0),
      acknowledging: REPLICAS,
      semiSync: semiSync({ requiredAcks, connectedReplicas: REPLICAS.length }),
    }),
    nominee: null,
    fenced: {},
    promotedAt: null,
  });
}

const receivedBy = (truth: Truth) => truth.replicas.map(({ received }) => Math.min(received, truth.written));
const winnerOf = (truth: Truth, election: Election) => {
  const index = election.elected ? REPLICAS.indexOf(election.winner) : -1;
  return index === -1 ? null : { ...truth.replicas[index]!, received: receivedBy(truth)[index]! };
};

describe('[invariant 3] whatever really happened', () => {
  it('the winner has every transaction of the primary that anybody who answers has', () => {
    const found = counterexample([anyTruth.filter(isShown), fc.constantFrom('required', 'off')], (truth, policy) => {
      const winner = winnerOf(truth, electOn(truth, policy));
      const known = receivedBy(truth).filter((_, index) => truth.replicas[index]!.answers);
      return winner === null || known.every((received) => received <= winner.received);
    });
    expect(found).toBeNull();
  });

  it('with semi-sync required the winner has every write that can have been acknowledged', () => {
    const found = counterexample([anyTruth.filter(isShown)], (truth) => {
      const winner = winnerOf(truth, electOn(truth, 'required'));
      // Acknowledged is at most what as many replicas have as are required.
      const acknowledged = receivedBy(truth).sort((a, b) => b - a)[truth.requiredAcks - 1]!;
      return winner === null || winner.received >= acknowledged;
    });
    expect(found).toBeNull();
  });

  it('the possible loss is what was seen of the primary and the winner lacks', () => {
    const found = counterexample([anyTruth.filter(isShown)], (truth) => {
      const election = electOn(truth, 'off');
      const winner = winnerOf(truth, election);
      return (
        winner === null || (election.elected && election.possibleLoss === Math.max(0, truth.seen - winner.received))
      );
    });
    expect(found).toBeNull();
  });

  it('who wrote something of its own does not win', () => {
    const found = counterexample([anyTruth.filter(isShown)], (truth) => {
      const winner = winnerOf(truth, electOn(truth, 'off'));
      return winner === null || winner.own === 0;
    });
    expect(found).toBeNull();
  });

  it('where nobody wrote anything of its own and few enough are silent, somebody wins: refusals are not all it can do', () => {
    const found = counterexample([anyTruth.filter(isShown)], (truth) => {
      const sound = { ...truth, replicas: truth.replicas.map((each) => ({ ...each, own: 0 })) };
      const silent = sound.replicas.filter(({ answers }) => !answers).length;
      return electOn(sound, 'required').elected === silent < truth.requiredAcks;
    });
    expect(found).toBeNull();
  });
});
