/**
 * What the rehearsals of all functions share: which clusters are meant, and how each is gone through without getting in
 * the way of a change.
 *
 * @module
 */
import * as z from 'zod';
import { findCluster, type ClusterConfig } from '../lib/core/config.ts';
import { messageOf } from '../lib/core/errors.ts';
import { findingOf, type Finding } from '../lib/core/readiness/finding.ts';
import { bounded } from '../lib/core/readiness/result.ts';
import { sliceAt } from '../lib/core/readiness/slice.ts';
import type { ClusterState } from '../lib/core/state.ts';
import { stepOf, type Step, type StepContext } from './step.ts';

/** Without `cluster`, a run looks at the slice of its time; without `atMs`, at that of now. */
const inputSchema = z.object({ cluster: z.string().optional(), atMs: z.number().optional() });

/** What every rehearsal answers. `clusters`: those that were rehearsed; one that is being changed is not. */
export interface Rehearsed {
  readonly outcome: 'rehearsed';
  readonly clusters: readonly string[];
  readonly findings: readonly Finding[];
}

export interface RehearsalPace {
  /** How many clusters are rehearsed at the same time. */
  readonly atOnce: number;
  /** Clusters that are not begun by then are for the next round, in milliseconds from the beginning. */
  readonly beginWithinMs: number;
}

/**
 * A step that rehearses each of the clusters that are meant. Those that are being changed, or looked after by people, are
 * left alone; so is one whose record changed meanwhile, since what was seen then is of two minds.
 */
export function rehearsalOf<Context extends StepContext>(
  pace: RehearsalPace,
  rehearse: (context: Context, cluster: ClusterConfig, record: ClusterState | null) => Promise<readonly Finding[]>,
): Step<Context> {
  return stepOf(inputSchema, async (input, context: Context): Promise<Rehearsed> => {
    const startedAtMs = context.clock.now();
    const { config } = context;
    const meant =
      input.cluster === undefined || input.cluster === ''
        ? sliceAt(config.clusters, input.atMs ?? startedAtMs)
        : [findCluster(config, input.cluster)];
    const waiting = [...meant];
    const clusters: string[] = [];
    const findings: Finding[] = [];
    const worker = async () => {
      for (let cluster = waiting.shift(); cluster !== undefined; cluster = waiting.shift()) {
        if (context.clock.now() - startedAtMs > pace.beginWithinMs) {
          clusters.push(cluster.id);
          findings.push(
            findingOf('not-rehearsed', cluster.id, cluster.id, 'the time of the run was over before its turn came'),
          );
          continue;
        }
        const found = await rehearseOne(context, cluster, rehearse);
        if (found === null) continue;
        clusters.push(cluster.id);
        findings.push(...found);
      }
    };
    await Promise.all(Array.from({ length: pace.atOnce }, worker));
    return { outcome: 'rehearsed', clusters, findings: bounded(findings) };
  });
}

/** Null when the cluster is not to be judged now. */
async function rehearseOne<Context extends StepContext>(
  context: Context,
  cluster: ClusterConfig,
  rehearse: (context: Context, cluster: ClusterConfig, record: ClusterState | null) => Promise<readonly Finding[]>,
): Promise<readonly Finding[] | null> {
  try {
    const before = await context.state.read(cluster.id);
    if (!isToBeJudged(before)) return null;
    const found = await rehearse(context, cluster, before);
    const after = await context.state.read(cluster.id);
    return isToBeJudged(after) && after?.epoch === before?.epoch ? found : null;
  } catch (error) {
    return [findingOf('not-rehearsed', cluster.id, cluster.id, messageOf(error))];
  }
}

function isToBeJudged(record: ClusterState | null): boolean {
  return record === null || record.phase === 'steady' || record.phase === 'halted';
}
