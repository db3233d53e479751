import { describe, expect, it } from 'vitest';
import { embeddedMetrics } from '../../../lab/cloud/services/cloudwatch/embedded-metrics.ts';
import { ALARMS } from '../../../lib/core/alarms.ts';
import type { Config } from '../../../lib/core/config.ts';
import type { NodeObservation } from '../../../lib/core/observation.ts';
import type { Sight } from '../../../lambdas/monitor/cluster-meter.ts';
import { monitorMeter } from '../../../lambdas/monitor/metrics.ts';
import { replica, server } from '../../core/examples.ts';
import { exampleConfig } from '../../fakes/example-config.ts';

/** A whole minute. */
const NOON = 60_000 * 30_000_000;
const seen = (nodeId: string, atMs: number, lagSeconds: number | null = null): NodeObservation => ({
  nodeId,
  atMs,
  reachable: true,
  server: server({ replica: replica({ lagSeconds }) }),
});

/** A meter, a clock to move, and what was written. */
function meter({ clusters: ids = ['orders'], metricsPerCluster = true, clustersPerShard = 100, shard = 0 } = {}) {
  const config = exampleConfig();
  const all: Config = {
    ...config,
    clusters: ids.map((id) => ({ ...config.clusters[0]!, id })),
    monitoring: { ...config.monitoring, metricsPerCluster, clustersPerShard },
  };
  const clock = { atMs: NOON, now: () => clock.atMs };
  const lines: string[] = [];
  const made = monitorMeter({ config: all, monitor: 'a', shard, clock, write: (line) => lines.push(line) });
  const round = (changes: Partial<Sight> = {}) => {
    const { atMs } = clock;
    made.saw({
      cluster: 'orders',
      verdict: 'alive',
      atMs,
      write: 'ok',
      wroteAtMs: atMs + 4,
      primary: seen('db-1', atMs + 2),
      others: [seen('db-2', atMs + 2, 1), seen('db-3', atMs + 2, 3)],
      problems: [],
      ...changes,
    });
  };
  /** Values by `name dimensions`, as CloudWatch would take them. */
  const values = () =>
    Object.fromEntries(
      lines.flatMap((line) =>
        embeddedMetrics(line).map(({ metric: { name, dimensions }, values: [value] }) => {
          const { service: _service, ...others } = dimensions;
          return [[name, ...Object.entries(others).flat()].join(' '), value];
        }),
      ),
    );
  return { made, clock, lines, round, values };
}

describe('a minute of a monitor', () => {
  it('is written with the first round of the next, as of the minute that is over', () => {
    const { clock, lines, round, made } = meter();
    for (let second = 0; second < 60; second += 1, clock.atMs += 1_000) round();
    expect(lines).toEqual([]);
    round();
    expect(lines.flatMap((line) => embeddedMetrics(line)).every(({ atMs }) => atMs === NOON + 59_999)).toBe(true);
    expect(lines).toHaveLength(2);
    made.flush();
    expect(lines).toHaveLength(4);
  });

  it('says how many rounds there were, how long probes took and how far replicas were behind', () => {
    const { clock, round, values, made } = meter();
    for (let n = 0; n < 3; n += 1, clock.atMs += 1_000) round();
    made.began(12);
    made.flush();
    expect(values()).toMatchObject({
      'MonitorRounds seat a/0': 3,
      ProbeReadP99: 2,
      ProbeWriteP99: 5,
      ReplicaLagSeconds: 3,
      ProbeFailures: 0,
      VotesAlive: 1,
      RoundLatenessP99: 15,
      'ProbeWriteP99 cluster orders': 5,
      'ReplicaLagSeconds cluster orders': 3,
      'ProbeFailures cluster orders': 0,
    });
  });

  it('counts failures by what they failed with, and only those that occurred', () => {
    const { round, values, made, clock } = meter();
    const missed: NodeObservation = {
      nodeId: 'db-1',
      atMs: clock.atMs,
      reachable: false,
      failure: 'refused',
      detail: '',
    };
    round({ verdict: 'suspect', primary: missed, write: 'refused', others: [{ ...missed, failure: 'other-server' }] });
    made.flush();
    const failures = Object.entries(values()).filter(([name]) => name.startsWith('ProbeFailures'));
    expect(Object.fromEntries(failures)).toEqual({
      ProbeFailures: 3,
      ProbeFailuresRefused: 2,
      ProbeFailuresOtherServer: 1,
      'ProbeFailures cluster orders': 3,
    });
    expect(values()).toMatchObject({ VotesSuspect: 1 });
  });

  it('leaves nothing for the next', () => {
    const { round, lines, made, clock } = meter();
    round({ problems: [{ code: 'none-promotable' }], write: 'timeout' });
    made.flush();
    clock.atMs += 60_000;
    lines.length = 0;
    round();
    made.flush();
    expect(JSON.parse(lines[0]!)).toMatchObject({ ClustersWithNonePromotable: 0, ProbeFailures: 0, clusters: {} });
  });

  it('without a round writes nothing: the silence is what raises the alarm', () => {
    const { made, lines, clock } = meter();
    made.began(4);
    clock.atMs += 60_000;
    made.began(4);
    made.flush();
    expect(lines).toEqual([]);
  });
});

describe('the alarms that count clusters', () => {
  it.each(ALARMS.flatMap(({ metric, counts }) => counts.map((code) => [code, metric] as const)))(
    '%s counts in %s, with the name of the cluster, if any round of the minute had it',
    (code, metric) => {
      const { round, lines, made } = meter({ clusters: ['orders', 'billing'] });
      round({ problems: [{ code }] });
      round();
      round({ cluster: 'billing' });
      made.flush();
      expect(JSON.parse(lines[0]!)).toMatchObject({ [metric]: 1, clusters: { [metric]: ['orders'] } });
    },
  );

  it('count once a cluster with two of their problems', () => {
    const { round, values, made } = meter();
    round({ problems: [{ code: 'replica-broken' }, { code: 'replica-lagging' }] });
    made.flush();
    expect(values()).toMatchObject({ ClustersWithReplicasBehind: 1 });
  });

  it.each([
    ['whose writes take more than half of their timeout', { wroteAtMs: NOON + 600 }, 1],
    ['whose writes give no answer', { write: 'timeout', wroteAtMs: NOON + 1_000 } as const, 1],
    ['whose reads take long', { primary: seen('db-1', NOON + 700) }, 1],
    ['that is fast', {}, 0],
  ])('a cluster %s', (_, changes, slow) => {
    const { round, values, made } = meter();
    round(changes);
    made.flush();
    expect(values()).toMatchObject({ ClustersSlow: slow });
  });

  it('all have a value in each minute, so that an alarm ends', () => {
    const { round, values, made } = meter();
    round();
    made.flush();
    const counting = ALARMS.filter(({ counts }) => counts.length > 0).map(({ metric }) => [metric, 0]);
    expect(values()).toMatchObject(Object.fromEntries(counting));
  });
});

describe('what it costs', () => {
  it('is one line for a seat, and one for each cluster unless that is switched off', () => {
    const many = Array.from({ length: 50 }, (_, n) => `c-${n}`);
    for (const metricsPerCluster of [true, false]) {
      const { round, lines, made } = meter({ clusters: many, metricsPerCluster });
      for (const cluster of many) round({ cluster });
      made.flush();
      expect(lines).toHaveLength(metricsPerCluster ? 51 : 1);
      expect(lines.every((line) => line.length < 4_000)).toBe(true);
    }
  });

  it('is of the clusters of its own shard', () => {
    const { round, values, made } = meter({ clusters: ['orders', 'billing'], clustersPerShard: 1, shard: 1 });
    round({ cluster: 'billing' });
    made.flush();
    expect(values()).toMatchObject({ 'MonitorRounds seat a/1': 1, VotesAlive: 1 });
  });
});
