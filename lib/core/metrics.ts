/**
 * Names of the metrics, shared by the functions that write them and the alarms that read them. Each name and each value
 * of a dimension is a metric with a price, so those that alarms read are of the deployment as a whole: they count clusters.
 *
 * @module
 */
export const METRIC_NAMESPACE = 'DatabaseFailover';
/** Value of the dimension `service` on every metric. */
export const METRIC_SERVICE = 'db-failover';

/** From the first missed probe to the end of the change, in seconds. */
export const FAILOVER_SECONDS = 'FailoverSeconds';
/** How many findings a rehearsal had by which a failover would fail. */
export const REHEARSAL_FAILED = 'RehearsalFailed';
/** Rounds that a monitor carried out for the clusters of one shard; by the dimension `seat`. */
export const MONITOR_ROUNDS = 'MonitorRounds';
/** Clusters with probes that take more than half of their timeout. */
export const CLUSTERS_SLOW = 'ClustersSlow';

/** Of the deployment, and by the dimension `cluster` where `monitoring.metricsPerCluster` is set. Milliseconds. */
export const PROBE_READ_P99 = 'ProbeReadP99';
export const PROBE_WRITE_P99 = 'ProbeWriteP99';
/** The most that a replica was behind. */
export const REPLICA_LAG_SECONDS = 'ReplicaLagSeconds';
export const PROBE_FAILURES = 'ProbeFailures';
/** How late rounds began, in milliseconds; of the deployment alone. */
export const ROUND_LATENESS_P99 = 'RoundLatenessP99';

/** Who fills a seat: one monitor in one shard. */
export function seatName(monitor: string, shard: number): string {
  return `${monitor}/${shard}`;
}

/** Failed probes by what they failed with, and votes by what they say: a name of its own for each that occurs. */
export function countedBy(kind: 'ProbeFailures' | 'Votes', code: string): string {
  const word = code.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
  return `${kind}${word}`;
}
