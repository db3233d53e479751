/**
 * Every alarm: what it watches, when it is raised, and the sentence that people read. The stack makes its alarms from this
 * table, monitors count clusters by it, docs/operations.md shows it, and each has a page `docs/runbooks/<code>.md`.
 *
 * Periods are such that what heals by itself raises none: a deployment, a failover, a restart of a replica.
 *
 * @module
 */
import type { ProblemCode } from './diagnosis/problems.ts';
import { CLUSTERS_SLOW, FAILOVER_SECONDS, MONITOR_ROUNDS, REHEARSAL_FAILED } from './metrics.ts';

export interface AlarmDefinition {
  /** Also the name of its runbook. */
  readonly code: string;
  readonly metric: string;
  /** The metric is the number of clusters that had one of these problems within the minute; empty: it is something else. */
  readonly counts: readonly ProblemCode[];
  readonly statistic: 'Maximum' | 'Sum';
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly periodSeconds: number;
  /** Consecutive periods for which it must be so. */
  readonly periods: number;
  /** What a period without a value means. */
  readonly missing: 'breaching' | 'notBreaching';
  /** Whether there is one, or one for each monitor and shard. */
  readonly of: 'deployment' | 'seat';
  /** What is wrong; without a period at its end. */
  readonly sentence: string;
}

/** Raised when a cluster had one of the problems in each of so many minutes. No value: the alarm of the silence tells. */
function clustersWith<Code extends string>(
  code: Code,
  metric: string,
  counts: readonly ProblemCode[],
  periods: number,
  sentence: string,
) {
  return {
    code,
    metric,
    counts,
    statistic: 'Maximum',
    comparison: 'above',
    threshold: 0,
    periodSeconds: 60,
    periods,
    missing: 'notBreaching',
    of: 'deployment',
    sentence,
  } as const satisfies AlarmDefinition;
}

export const ALARMS = [
  clustersWith(
    'failover-held',
    'ClustersHeld',
    [
      'dead-but-held',
      'stalled-but-held',
      'restarted-but-held',
      'left-alone',
      'halted',
      'change-unfinished',
      'nominee-left',
      'unknown-primary',
    ],
    2,
    'A cluster needs a person: a change of it halted or broke off, or its primary is lost and nothing may follow from it by itself',
  ),
  clustersWith(
    'several-writable',
    'ClustersWithSeveralWritable',
    ['two-writable', 'other-writable'],
    1,
    'In a cluster another server than the primary takes writes',
  ),
  clustersWith(
    'primary-sick',
    'ClustersWithSickPrimary',
    ['stalled-writes', 'disk-full', 'writes-refused', 'not-writable', 'connections-exhausted', 'status-unreadable'],
    2,
    'A primary answers and does not do its work: writes stall or are refused, or it has no connection left',
  ),
  clustersWith(
    'none-promotable',
    'ClustersWithNonePromotable',
    ['none-promotable'],
    5,
    'If the primary of a cluster died now, nobody could be promoted',
  ),
  clustersWith(
    'semi-sync-degraded',
    'ClustersWithoutSemiSync',
    ['semi-sync-degraded', 'semi-sync-goes-alone'],
    5,
    'A cluster that requires semi-sync does not have it: a failover would lose writes or halt, or writes wait',
  ),
  clustersWith(
    'replica-lag',
    'ClustersWithReplicasBehind',
    ['replica-lagging', 'replica-broken', 'replica-disconnected'],
    10,
    'A replica is too far behind to be promoted, or does not replicate',
  ),
  clustersWith(
    'quorum-lost',
    'ClustersWithoutQuorum',
    ['quorum-lost'],
    3,
    'Of a cluster fewer monitors see anybody than an agreement needs: no failover would start by itself',
  ),
  clustersWith('probe-latency', CLUSTERS_SLOW, [], 5, 'Probes of a cluster take more than half of their timeout'),
  {
    code: 'monitor-silent',
    metric: MONITOR_ROUNDS,
    counts: [],
    statistic: 'Sum',
    comparison: 'below',
    threshold: 1,
    periodSeconds: 60,
    periods: 3,
    missing: 'breaching',
    of: 'seat',
    sentence: 'A monitor has carried out no round of probes',
  },
  {
    code: 'slow-failover',
    metric: FAILOVER_SECONDS,
    counts: [],
    statistic: 'Maximum',
    comparison: 'above',
    threshold: 30,
    periodSeconds: 60,
    periods: 1,
    missing: 'notBreaching',
    of: 'deployment',
    sentence: 'A failover took longer than it should',
  },
  {
    code: 'rehearsal-failed',
    metric: REHEARSAL_FAILED,
    counts: [],
    statistic: 'Maximum',
    comparison: 'above',
    threshold: 0,
    // A rehearsal takes some of many clusters at a time: it stays raised until all have had their turn.
    periodSeconds: 3_600,
    periods: 1,
    // A rehearsal that does not run would say that all is well.
    missing: 'breaching',
    of: 'deployment',
    sentence: 'A rehearsal found that a failover would fail, or none was carried out',
  },
] as const satisfies readonly AlarmDefinition[];

export type AlarmCode = (typeof ALARMS)[number]['code'];

/** Path of the page that says what to do, from the root of the repository. */
export function runbookOf(code: string): string {
  return `docs/runbooks/${code}.md`;
}
