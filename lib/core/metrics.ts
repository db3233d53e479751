/**
 * Names of the metrics, shared by the functions that write them and the alarms that read them.
 *
 * @module
 */
export const METRIC_NAMESPACE = 'DatabaseFailover';
/** Value of the dimension `service` on every metric. */
export const METRIC_SERVICE = 'db-failover';
/** From the first missed probe to the end of the change, in seconds. */
export const FAILOVER_SECONDS = 'FailoverSeconds';
