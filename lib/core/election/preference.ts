/**
 * Which of two that can be elected goes first, and what that says of the other. A total order, as names differ, on
 * contenders whose positions don't diverge.
 *
 * @module
 */
import { findNode } from '../config.ts';
import { positionsOf } from '../gtid/position.ts';
import type { Contender, ElectionInput } from './contender.ts';
import { transactions } from './words.ts';

export type PreferenceCode =
  'fewer-transactions' | 'not-semi-sync' | 'less-preferred' | 'same-zone' | 'more-lag' | 'name';

export interface Preference {
  /** -1: the first of the two goes first. */
  readonly order: -1 | 1;
  readonly code: PreferenceCode;
  /** Why the other does not. */
  readonly because: string;
}

interface Rule {
  readonly code: PreferenceCode;
  /** What the first lacks more of than the second; negative when it is the better. */
  readonly difference: (a: Contender, b: Contender) => number;
  readonly because: (loser: Contender, winner: Contender) => string;
}

const RANK = { prefer: 0, neutral: 1, never: 2 } as const;

/** @throws Error when both are one node */
export function preferenceOf(input: Pick<ElectionInput, 'cluster' | 'oldPrimary'>, a: Contender, b: Contender) {
  for (const { code, difference, because } of rulesOf(input)) {
    const found = difference(a, b);
    if (found === 0) continue;
    const [winner, loser] = found < 0 ? [a, b] : [b, a];
    return { order: found < 0 ? -1 : 1, code, because: because(loser, winner) } satisfies Preference;
  }
  throw new Error(`${a.node.id} was compared with itself; give each node one observation`);
}

/** The first that tells the two apart decides. */
function rulesOf({ cluster, oldPrimary }: Pick<ElectionInput, 'cluster' | 'oldPrimary'>): readonly Rule[] {
  const positions = positionsOf(cluster.engine);
  const failedZone = findNode(cluster, oldPrimary).availabilityZone;
  const beyond = (a: Contender, b: Contender) => positions.transactionsBeyond(a.received, b.received);
  const inFailedZone = ({ node }: Contender) => Number(node.availabilityZone === failedZone);
  const lagSeconds = (contender: Contender) => contender.lagSeconds ?? 0;
  return [
    {
      code: 'fewer-transactions',
      difference: (a, b) => beyond(b, a) - beyond(a, b),
      because: (l, w) => `${l.node.id} lacks ${transactions(beyond(w, l))} that ${w.node.id} has received`,
    },
    {
      code: 'not-semi-sync',
      difference: (a, b) => Number(b.acknowledges) - Number(a.acknowledges),
      because: (l, w) => `${l.node.id} does not acknowledge, and ${w.node.id} does`,
    },
    {
      code: 'less-preferred',
      difference: (a, b) => RANK[a.node.promotion] - RANK[b.node.promotion],
      because: (l, w) => `${w.node.id} is preferred to ${l.node.id}`,
    },
    {
      code: 'same-zone',
      difference: (a, b) => inFailedZone(a) - inFailedZone(b),
      because: (l) => `${l.node.id} is in the zone that failed, ${failedZone}`,
    },
    {
      code: 'more-lag',
      difference: (a, b) => a.backlog - b.backlog,
      because: (l, w) => `${l.node.id} has ${transactions(l.backlog)} still to apply, ${w.node.id} ${w.backlog}`,
    },
    {
      code: 'more-lag',
      difference: (a, b) => lagSeconds(a) - lagSeconds(b),
      because: (l, w) => `${l.node.id} is ${lagSeconds(l)} s behind, ${w.node.id} ${lagSeconds(w)} s`,
    },
    {
      code: 'name',
      difference: (a, b) => Number(a.node.id > b.node.id) - Number(a.node.id < b.node.id),
      because: (l, w) => `${l.node.id} is as good as ${w.node.id}; the name decides`,
    },
  ];
}
