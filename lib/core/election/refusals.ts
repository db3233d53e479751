/**
 * When nobody is elected although somebody could be: every rule under which promoting the best might lose an
 * acknowledged write or make two primaries. Each says what is known, with numbers, and what a person can do.
 *
 * @module
 */
import { positionsOf } from '../gtid/position.ts';
import type { Contender, ElectionInput } from './contender.ts';
import { goesOnAlone, silenceAmong } from './durability.ts';
import type { Field } from './field.ts';
import { counted, shown, transactions } from './words.ts';

export type RefusalCode =
  /** The position of a server can't be read. */
  | 'position-unreadable'
  /** Somebody else than the old primary and the nominee takes writes already. */
  | 'another-writable'
  /** Two have what the other lacks. */
  | 'positions-unclear'
  /** Whom an earlier change was about to open may be writable, and can't be promoted. */
  | 'nominee-unclear'
  /** Each has something in its way. */
  | 'no-candidate'
  /** Who can't be elected has more than the best who can. */
  | 'candidate-behind'
  /** Semi-sync is required, and was not in force. */
  | 'semi-sync-not-in-force'
  /** The best lacks what the old primary had when it was promoted itself. */
  | 'not-caught-up'
  /** So many can't say what they received that they may hold acknowledged writes alone. */
  | 'replica-missing'
  /** Replication is asynchronous, and the policy refuses what would or might be lost. */
  | 'possible-loss';

export interface Refusal {
  readonly code: RefusalCode;
  readonly because: string;
  /** What a person can do before a failover is started again. */
  readonly remedy: string;
}

/** Whoever might win, the servers don't fit together. */
export function refusalOfField(input: ElectionInput, field: Field): Refusal | null {
  return unreadable(field) ?? anotherWritable(field) ?? parted(input, field);
}

/** Nobody is left to win. */
export function refusalWithoutWinner({ nominee }: ElectionInput, { excluded }: Field): Refusal {
  if (nominee !== null) {
    const its = excluded.find(({ nodeId }) => nodeId === nominee.nodeId)?.obstacle;
    const state = its?.because ?? `${nominee.nodeId} is no replica in the configuration`;
    return nomineeUnclear(nominee, state, its?.remedy ?? 'look at it');
  }
  return {
    code: 'no-candidate',
    because: excluded.map(({ obstacle }) => `${obstacle.because} (${obstacle.remedy})`).join('; '),
    remedy: 'make one of them fit',
  };
}

/** Whether promoting the winner might lose what it must not. */
export function refusalOfWinner(input: ElectionInput, field: Field, winner: Contender): Refusal | null {
  return behind(input, field, winner) ?? unacknowledged(input, field, winner) ?? loss(input, winner);
}

function unreadable(field: Field): Refusal | null {
  if (field.unreadable.length === 0) return null;
  return { code: 'position-unreadable', because: field.unreadable.join('; '), remedy: 'look at what the server says' };
}

function anotherWritable({ contenders }: Field): Refusal | null {
  const open = contenders.find((it) => it.replica === null && !it.server.readOnly && !it.isOpened);
  if (open === undefined) return null;
  return {
    code: 'another-writable',
    because: `${open.node.id} is writable already`,
    remedy: 'find out which change opened it, and make it read-only or the primary',
  };
}

/** What both have from the old primary must be one history; what is errant is nobody's measure. */
function parted({ cluster }: ElectionInput, { contenders }: Field): Refusal | null {
  const positions = positionsOf(cluster.engine);
  for (const [index, a] of contenders.entries()) {
    const b = contenders
      .slice(index + 1)
      .find((other) => positions.compare(a.fromPrimary, other.fromPrimary) === 'diverged');
    if (b === undefined) continue;
    const [ofA, ofB] = [positions.beyond(a.fromPrimary, b.fromPrimary), positions.beyond(b.fromPrimary, a.fromPrimary)];
    return {
      code: 'positions-unclear',
      because: `${a.node.id} and ${b.node.id} each have transactions that the other lacks (${shown(ofA)} and ${shown(ofB)})`,
      remedy: 'find out which of them clients were promised, and rebuild the server that has the others',
    };
  }
  return null;
}

/** The winner has all that anybody who answers has from the old primary, electable or not (invariant 3). */
function behind({ cluster, nominee }: ElectionInput, { excluded }: Field, winner: Contender): Refusal | null {
  const positions = positionsOf(cluster.engine);
  const name = winner.node.id;
  for (const { nodeId, contender, obstacle } of excluded) {
    const more = contender === null ? 0 : positions.transactionsBeyond(contender.fromPrimary, winner.received);
    if (more === 0) continue;
    // Below an errant GTID a MariaDB position is an upper bound.
    const upTo = cluster.engine === 'mariadb' && contender?.errant !== '' ? 'may have up to' : 'has';
    const because = `${nodeId} ${upTo} ${transactions(more)} that ${name} lacks`;
    if (nominee !== null) return nomineeUnclear(nominee, because, `look at both`);
    return { code: 'candidate-behind', because: `${because}, and ${obstacle.because}`, remedy: obstacle.remedy };
  }
  return null;
}

/** With semi-sync required, every acknowledged write is on somebody who answers (see durability.ts). */
function unacknowledged(input: ElectionInput, field: Field, winner: Contender): Refusal | null {
  const { cluster, oldPrimary, lastSeen } = input;
  if (cluster.semiSync === 'off') return null;
  const alone = lastSeen === null ? null : goesOnAlone(lastSeen.semiSync);
  if (alone !== null) {
    return {
      code: 'semi-sync-not-in-force',
      because: `semi-sync is required, but ${oldPrimary} was last seen ${alone}, so it may have acknowledged writes that no replica has`,
      remedy: `bring ${oldPrimary} back, or accept their loss by semiSync: off`,
    };
  }
  if (!hasCaughtUp(input, winner)) {
    return {
      code: 'not-caught-up',
      because: `${winner.node.id} has not received all that ${oldPrimary} had when it was promoted itself, so writes that were acknowledged before may be on ${oldPrimary} alone`,
      remedy: `bring ${oldPrimary} back`,
    };
  }
  const { nodes, strangers, requiredAcks, isHarmless } = silenceAmong(input, field.contenders);
  if (isHarmless) return null;
  const silent = nodes.map(({ nodeId, why }) => `${nodeId} (${why})`);
  if (strangers > 0) {
    silent.push(`${counted(strangers, 'semi-sync replica', 'semi-sync replicas')} that nobody configured`);
  }
  const holders = counted(requiredAcks, 'replica has', 'replicas have');
  const tolerated = requiredAcks - 1;
  const mayAnswer = nodes.filter((node) => node.mayAnswer);
  const canHelp = nodes.length + strangers - mayAnswer.length <= tolerated;
  return {
    code: 'replica-missing',
    because: `what was received can't be said by ${silent.join(', ')}; a write is acknowledged once ${holders} it, so acknowledged writes may be there that ${winner.node.id} lacks`,
    remedy: canHelp
      ? `bring back ${mayAnswer.map(({ nodeId }) => nodeId).join(tolerated === 0 ? ' and ' : ' or ')}`
      : `bring ${oldPrimary} back, which has them, or accept their loss by semiSync: off`,
  };
}

/**
 * What the old primary had acknowledged itself is counted by silenceAmong. What it had received before, as a replica, and
 * clients were told of by the primary of then, may be on nobody else until somebody has followed it so far.
 */
function hasCaughtUp({ cluster, promotedAt }: ElectionInput, winner: Contender): boolean {
  const positions = positionsOf(cluster.engine);
  return promotedAt === null || (positions.isValid(promotedAt) && positions.contains(winner.received, promotedAt));
}

function loss({ cluster, oldPrimary, lastSeen }: ElectionInput, winner: Contender): Refusal | null {
  if (cluster.semiSync === 'required' || cluster.election.onPossibleLoss === 'report') return null;
  const remedy = `bring ${oldPrimary} back, or accept the loss by election.onPossibleLoss: report`;
  if (lastSeen === null) {
    const because = `no monitor saw how far ${oldPrimary} was, so ${winner.node.id} may lack transactions of it`;
    return { code: 'possible-loss', because, remedy };
  }
  const lost = positionsOf(cluster.engine).transactionsBeyond(lastSeen.executed, winner.received);
  if (lost === 0) return null;
  const because = `at least ${transactions(lost)} of ${oldPrimary}, as last seen at ${new Date(lastSeen.atMs).toISOString()}, never reached ${winner.node.id}`;
  return { code: 'possible-loss', because, remedy };
}

function nomineeUnclear(nominee: { readonly nodeId: string; readonly epoch: number }, state: string, remedy: string) {
  return {
    code: 'nominee-unclear',
    because: `${nominee.nodeId} was about to be opened under epoch ${nominee.epoch} and may be writable, so nobody else may be promoted, and ${state}`,
    remedy: `${remedy}; or make sure that ${nominee.nodeId} takes no writes and give "dismiss": "${nominee.nodeId}"`,
  } satisfies Refusal;
}
