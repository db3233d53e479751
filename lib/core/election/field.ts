/**
 * Everybody who might be elected, ordered by name, each with what stands in the way.
 *
 * @module
 */
import { GtidError } from '../gtid/gtid-error.ts';
import type { NodeObservation } from '../observation.ts';
import { contenderOf, type Answer, type Contender, type ElectionInput } from './contender.ts';
import { obstacleOf, silenceOf, type Obstacle } from './obstacles.ts';

/** Who can't be elected. `contender` is null when it gave no answer. */
export interface Excluded {
  readonly nodeId: string;
  readonly contender: Contender | null;
  readonly obstacle: Obstacle;
}

export interface Field {
  /** Every server that answered, electable or not. */
  readonly contenders: readonly Contender[];
  readonly candidates: readonly Contender[];
  readonly excluded: readonly Excluded[];
  /** A sentence for each server whose position can't be read. */
  readonly unreadable: readonly string[];
}

export function fieldOf(input: ElectionInput): Field {
  const nodes = input.cluster.nodes
    .filter((node) => node.id !== input.oldPrimary)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const contenders: Contender[] = [];
  const silent: Excluded[] = [];
  const unreadable: string[] = [];
  for (const node of nodes) {
    const seen = input.observations.find(({ nodeId }) => nodeId === node.id) ?? null;
    if (!isAnswer(seen)) {
      silent.push({ nodeId: node.id, contender: null, obstacle: silenceOf(node, seen) });
      continue;
    }
    try {
      contenders.push(contenderOf(input, node, seen));
    } catch (error) {
      if (!(error instanceof GtidError)) throw error;
      unreadable.push(`of ${node.id} the ${error.message}`);
    }
  }
  const excluded = contenders.flatMap((contender): readonly Excluded[] => {
    const others = contenders.filter((other) => other !== contender);
    const obstacle = obstacleOf(input, contender, others);
    return obstacle === null ? [] : [{ nodeId: contender.node.id, contender, obstacle }];
  });
  return {
    contenders,
    candidates: contenders.filter((it) => !excluded.some(({ contender }) => contender === it)),
    excluded: [...silent, ...excluded].sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1)),
    unreadable,
  };
}

function isAnswer(seen: NodeObservation | null): seen is Answer {
  return seen?.reachable === true;
}
