/**
 * docs/costs.md: what a deployment costs a month by list price, with the arithmetic, from the constants that run.
 *
 * @module
 */
import { RESERVE_MS } from '../lambdas/monitor/lease.ts';
import { READ_EVERY_MS } from '../lambdas/monitor/records.ts';
import { monitorMemoryMb } from '../lib/constructs/monitor-size.ts';
import { ALARMS } from '../lib/core/alarms.ts';
import { configSchema } from '../lib/core/config.ts';
import { PULSE_MS } from '../lib/core/pulse.ts';
import { REHEARSAL_MINUTES } from '../lib/core/readiness/slice.ts';

/** US dollars, list prices of us-east-1 in 2026 without free tiers. */
const PRICES = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  dynamoWrite: 0.625e-6,
  dynamoRead: 0.125e-6,
  endpointHour: 0.01,
  metric: 0.3,
  alarm: 0.1,
  logGb: 0.5,
  transition: 25e-6,
} as const;

const MONITORS = 3;
const SIZES = [1, 10, 100, 1_000] as const;
const SECONDS = 30 * 86_400;
/** Interface endpoints that the stack makes in each zone: Step Functions and Secrets Manager. */
const ENDPOINTS = 2;
/** An invocation lasts a quarter of an hour, less what it keeps back. */
const TERM_SECONDS = 900 - RESERVE_MS / 1_000;
/** Metrics of the deployment, and of each cluster where `monitoring.metricsPerCluster` is set. */
const METRICS = { deployment: 20, cluster: 4 };
/** One line of a cluster and minute, and one of a shard and minute, in bytes. */
const LINE_BYTES = { cluster: 600, shard: 1_800 };
/** States that a rehearsal enters. */
const REHEARSAL_STATES = 8;

interface Line {
  readonly what: string;
  readonly arithmetic: string;
  dollars(clusters: number): number;
}

const { clustersPerShard } = configSchema.shape.monitoring.parse({});
const shardsOf = (clusters: number) => Math.ceil(clusters / clustersPerShard);
const clustersInOne = (clusters: number) => Math.ceil(clusters / shardsOf(clusters));
const seats = (clusters: number) => MONITORS * shardsOf(clusters);

const LINES: readonly Line[] = [
  {
    what: 'Lambda: monitors, always on',
    arithmetic: `monitors × shards × memory × seconds; a shard has up to ${clustersPerShard} clusters, and memory from ${memory(1)} for one cluster to ${memory(clustersPerShard)} for a full shard`,
    dollars: (clusters) =>
      seats(clusters) * (monitorMemoryMb(clustersInOne(clusters)) / 1_024) * SECONDS * PRICES.lambdaGbSecond,
  },
  {
    what: 'DynamoDB: pulses',
    arithmetic: `monitors × shards, each ${PULSE_MS / 1_000} s, 1 write; a vote of each cluster when another invocation takes over, each ${Math.round(TERM_SECONDS / 60)} minutes, 2 writes`,
    dollars: (clusters) =>
      (seats(clusters) * (SECONDS / (PULSE_MS / 1_000)) + MONITORS * clusters * 2 * (SECONDS / TERM_SECONDS)) *
      PRICES.dynamoWrite,
  },
  {
    what: 'DynamoDB: records',
    arithmetic: `monitors × clusters, each ${READ_EVERY_MS / 1_000} s, 1 read; the votes each 5 minutes, 3 reads`,
    dollars: (clusters) =>
      MONITORS * clusters * (SECONDS / (READ_EVERY_MS / 1_000) + 3 * (SECONDS / 300)) * PRICES.dynamoRead,
  },
  {
    what: 'Interface endpoints',
    arithmetic: `${ENDPOINTS} × ${MONITORS} zones × 720 hours; none with \`endpoints: existing\``,
    dollars: () => ENDPOINTS * MONITORS * 720 * PRICES.endpointHour,
  },
  {
    what: 'CloudWatch: alarms and metrics of the deployment',
    arithmetic: `${ALARMS.length - 1} alarms, one more for each monitor and shard, about ${METRICS.deployment} metrics, one more for each monitor and shard`,
    dollars: (clusters) =>
      (ALARMS.length - 1 + seats(clusters)) * PRICES.alarm + (METRICS.deployment + seats(clusters)) * PRICES.metric,
  },
  {
    what: 'CloudWatch: metrics of each cluster',
    arithmetic: `${METRICS.cluster} metrics; nothing with \`monitoring.metricsPerCluster: false\``,
    dollars: (clusters) => METRICS.cluster * clusters * PRICES.metric,
  },
  {
    what: 'CloudWatch: logs',
    arithmetic: `each minute a line of about ${LINE_BYTES.shard} bytes for each monitor and shard, and of ${LINE_BYTES.cluster} for each monitor and cluster`,
    dollars: (clusters) =>
      ((seats(clusters) * LINE_BYTES.shard + MONITORS * clusters * LINE_BYTES.cluster) *
        (SECONDS / 60) *
        PRICES.logGb) /
      1e9,
  },
  {
    what: 'Step Functions and Lambda: rehearsals',
    arithmetic: `each ${REHEARSAL_MINUTES} minutes, ${REHEARSAL_STATES} states, and four invocations of 512 MB for about 3 s`,
    dollars: () =>
      (SECONDS / 60 / REHEARSAL_MINUTES) *
      (REHEARSAL_STATES * PRICES.transition + 4 * (PRICES.lambdaRequest + 0.5 * 3 * PRICES.lambdaGbSecond)),
  },
];

/** The page as Markdown, not yet laid out. */
export function costsPage(): string {
  const total = (clusters: number) => LINES.reduce((sum, line) => sum + line.dollars(clusters), 0);
  const row = (what: string, of: (clusters: number) => number) =>
    `| ${[what, ...SIZES.map((size) => dollars(of(size)))].join(' | ')} |`;
  return [
    '<!-- Generated from the constants that run by scripts/costs-page.ts -->',
    '',
    '# Costs',
    '',
    `What a deployment costs in a month of 30 days by list price, in US dollars: clusters of three servers looked at each`,
    `second by ${MONITORS} monitors in ${MONITORS} zones, nothing failing. Computed, not billed: prices are those of us-east-1 as`,
    'of 2026, without free tiers, taxes and what the servers themselves cost. Some sizes are estimates (bytes of a line,',
    'seconds of a rehearsal); none of them decides the sum.',
    '',
    `| clusters | ${SIZES.map((size) => size.toLocaleString('en')).join(' | ')} |`,
    `| --- | ${SIZES.map(() => '--:').join(' | ')} |`,
    ...LINES.map((line) => row(line.what, (clusters) => line.dollars(clusters))),
    row('**together**', total),
    row('for each cluster', (clusters) => total(clusters) / clusters),
    '',
    '## Arithmetic',
    '',
    ...LINES.map((line) => `- **${line.what}**: ${line.arithmetic}.`),
    '',
    `Prices: ${Object.entries(PRICES)
      .map(([name, price]) => `${name} ${price}`)
      .join(', ')}.`,
    '',
    'A failover itself costs less than a cent. What costs most is that somebody looks each second; a longer',
    '`detection.intervalMs` saves memory only where a shard has many clusters.',
  ].join('\n');
}

function memory(clusters: number): string {
  return `${monitorMemoryMb(clusters)} MB`;
}

function dollars(amount: number): string {
  return amount < 10 ? amount.toFixed(2) : Math.round(amount).toLocaleString('en');
}
