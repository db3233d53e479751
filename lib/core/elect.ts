/**
 * Which replica becomes the primary, and why each other does not. The answer depends on what was observed, never on
 * the order of it. Where positions are unclear or acknowledged writes would be lost, nobody is elected.
 *
 * @module
 */
import type { Contender, ElectionInput } from './election/contender.ts';
import { silenceAmong } from './election/durability.ts';
import { fieldOf, type Field } from './election/field.ts';
import type { ObstacleCode } from './election/obstacles.ts';
import { preferenceOf, type PreferenceCode } from './election/preference.ts';
import {
  refusalOfField,
  refusalOfWinner,
  refusalWithoutWinner,
  type Refusal,
  type RefusalCode,
} from './election/refusals.ts';
import { positionsOf } from './gtid/position.ts';

export type { ElectionInput } from './election/contender.ts';
export type { RefusalCode } from './election/refusals.ts';

export type LoserCode = ObstacleCode | PreferenceCode;

export interface Loser {
  readonly nodeId: string;
  readonly code: LoserCode;
  readonly because: string;
}

export interface Elected {
  readonly elected: true;
  readonly winner: string;
  /** All that the winner has, applied or not. */
  readonly received: string;
  readonly losers: readonly Loser[];
  /**
   * Transactions that the old primary had executed when it was last seen and the winner did not receive; null when nobody
   * saw it. What it executed after `lossAsOfMs` is not counted, so with asynchronous replication it is the least that
   * may be lost. With semi-sync required, what is counted was acknowledged to nobody.
   */
  readonly possibleLoss: number | null;
  /** When the old primary was last seen, by a monitor's clock, in epoch milliseconds; null when it was not. */
  readonly lossAsOfMs: number | null;
  /** What could not be told and is not held against anybody, in sentences. */
  readonly caveats: readonly string[];
}

export type Election =
  | Elected
  | {
      readonly elected: false;
      readonly code: RefusalCode;
      /** What is known, with numbers, and what a person can do. */
      readonly because: string;
      /** Who can't be elected, and why. */
      readonly losers: readonly Loser[];
    };

export function elect(input: ElectionInput): Election {
  const field = fieldOf(input);
  const excluded = field.excluded.map(({ nodeId, obstacle: { code, because } }): Loser => ({ nodeId, code, because }));
  const refuse = ({ code, because, remedy }: Refusal): Election => ({
    elected: false,
    code,
    because: `promote nothing: ${because}; ${remedy}, then start the failover again`,
    losers: excluded,
  });

  const unfit = refusalOfField(input, field);
  if (unfit !== null) return refuse(unfit);
  const [winner, ...others] = field.candidates.toSorted((a, b) => preferenceOf(input, a, b).order);
  if (winner === undefined) return refuse(refusalWithoutWinner(input, field));
  const unsafe = refusalOfWinner(input, field, winner);
  if (unsafe !== null) return refuse(unsafe);

  const outdone = others.map((other): Loser => {
    const { code, because } = preferenceOf(input, winner, other);
    return { nodeId: other.node.id, code, because };
  });
  return {
    elected: true,
    winner: winner.node.id,
    received: winner.received,
    losers: [...excluded, ...outdone].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1)),
    possibleLoss: possibleLoss(input, winner),
    lossAsOfMs: input.lastSeen?.atMs ?? null,
    caveats: caveatsOf(input, field, winner),
  };
}

function possibleLoss({ cluster, lastSeen }: ElectionInput, winner: Contender): number | null {
  if (lastSeen === null) return null;
  return positionsOf(cluster.engine).transactionsBeyond(lastSeen.executed, winner.received);
}

function caveatsOf(input: ElectionInput, { contenders }: Field, winner: Contender): readonly string[] {
  const { cluster, oldPrimary, lastSeen } = input;
  const caveats: string[] = [];
  if (lastSeen === null) {
    caveats.push(`no monitor saw ${oldPrimary}, so neither errant transactions nor a loss can be told`);
    if (cluster.semiSync === 'required') caveats.push('semi-sync is taken to have been in force, as configured');
  }
  const { nodes, requiredAcks } = silenceAmong(input, contenders);
  if (nodes.length > 0) {
    const consequence =
      cluster.semiSync === 'required'
        ? `but each acknowledged write is on ${requiredAcks} replicas, and so on one that answers`
        : `so there may be more than ${winner.node.id} has`;
    const silent = nodes.map(({ nodeId, why }) => `${nodeId} (${why})`).join(', ');
    caveats.push(`what was received can't be said by ${silent}, ${consequence}`);
  }
  return caveats;
}
