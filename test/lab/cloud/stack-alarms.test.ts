/**
 * The alarms of the real template on the lines that a monitor really writes: what raises each, and what ends it.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ALARM_INPUT } from '../../../lab/cloud/services/cloudwatch/alarm.ts';
import { CloudWatch } from '../../../lab/cloud/services/cloudwatch.ts';
import { Timers } from '../../../lab/cloud/timers.ts';
import { monitorMeter } from '../../../lambdas/monitor/metrics.ts';
import { metricLine } from '../../../lambdas/embedded-metrics.ts';
import { ALARMS, type AlarmDefinition } from '../../../lib/core/alarms.ts';
import { FAILOVER_SECONDS, REHEARSAL_FAILED } from '../../../lib/core/metrics.ts';
import type { Sight } from '../../../lambdas/monitor/cluster-meter.ts';
import { server } from '../../core/examples.ts';
import { synthesize } from '../../constructs/example.ts';
import { properties } from '../../constructs/resources.ts';
import { exampleConfig } from '../../fakes/example-config.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:people';
/** A minute after a whole hour. */
const START = 3_600_000 * 500_000 + 60_000;

const template = properties(synthesize(), 'AWS::CloudWatch::Alarm').map((alarm, index) => {
  const description = String(alarm['AlarmDescription']);
  const code = /runbooks\/([\w-]+)\.md/.exec(description)?.[1] ?? '';
  const input = ALARM_INPUT.parse({
    ...alarm,
    AlarmName: `${code} ${index}`,
    AlarmActions: [TOPIC],
    OKActions: [TOPIC],
  });
  return { code, input };
});

describe('the alarms of the stack', () => {
  let cloudWatch: CloudWatch;
  let timers: Timers;
  let told: string[];
  let meters: ReturnType<typeof monitorMeter>[];

  beforeEach(() => {
    vi.useFakeTimers({ now: START });
    told = [];
    timers = new Timers((error) => told.push(String(error)));
    cloudWatch = new CloudWatch({
      account: { id: '123456789012', region: 'eu-west-1' },
      timers,
      secondMs: 1_000,
      publish: (_topic, subject) => told.push(subject),
      emit: () => {},
    });
    for (const { input } of template) cloudWatch.putAlarm(input);
    meters = ['a', 'b', 'c'].map((monitor) =>
      monitorMeter({
        config: exampleConfig(),
        monitor,
        shard: 0,
        clock: { now: () => Date.now() },
        write: (line) => cloudWatch.takeLine(line),
      }),
    );
  });
  afterEach(() => {
    timers.close();
    vi.useRealTimers();
  });

  /** Lets monitors work, and rehearsals pass, for so many minutes; by default all of them, and all is well. */
  async function pass(minutes: number, changes: Partial<Sight> = {}, working = meters): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      cloudWatch.takeLine(metricLine(Date.now(), [{ values: { [REHEARSAL_FAILED]: 0 } }]));
      for (let round = 0; round < 3; round += 1) {
        const atMs = Date.now();
        for (const meter of working) {
          meter.saw({
            cluster: 'orders',
            verdict: 'alive',
            atMs,
            write: 'ok',
            wroteAtMs: atMs + 3,
            primary: { nodeId: 'db-1', atMs: atMs + 2, reachable: true, server: server() },
            others: [],
            problems: [],
            ...changes,
          });
        }
        await vi.advanceTimersByTimeAsync(20_000);
      }
    }
  }
  const raised = () =>
    template.flatMap(({ code, input }) => (cloudWatch.stateOf(input.AlarmName) === 'ALARM' ? [code] : []));
  /** Codes of the alarms that people were told of. */
  const alarmsTold = () => told.flatMap((subject) => /^ALARM: "([\w-]+)/.exec(subject)?.[1] ?? []);
  const minutesOf = ({ periods }: AlarmDefinition) => periods + 3;

  it('are all quiet while all is well', async () => {
    await pass(12);
    expect(raised()).toEqual([]);
    expect(told.filter((subject) => subject.startsWith('ALARM'))).toEqual([]);
  });

  it.each(ALARMS.filter(({ counts }) => counts.length > 0).map((alarm) => [alarm.code, alarm] as const))(
    '%s is raised by its problem, and ends with it',
    async (code, alarm: AlarmDefinition) => {
      const [problem] = alarm.counts;
      await pass(minutesOf(alarm), { problems: [{ code: problem! }] });
      expect(raised()).toEqual([code]);
      await pass(4);
      expect(raised()).toEqual([]);
      expect(told.filter((subject) => subject.includes(code)).map((subject) => subject.split(':')[0])).toEqual(
        expect.arrayContaining(['ALARM', 'OK']),
      );
    },
  );

  it('none is raised by what is over within a minute, but by a second writable server', async () => {
    await pass(3);
    const every = ALARMS.flatMap(({ counts }): readonly Sight['problems'][number]['code'][] => counts);
    await pass(1, { problems: every.map((code) => ({ code })) });
    await pass(4);
    expect(alarmsTold()).toEqual(['several-writable']);
  });

  it('monitor-silent is raised by a monitor that was killed, and by no other', async () => {
    await pass(3);
    await pass(5, {}, meters.slice(1));
    expect(raised()).toEqual(['monitor-silent']);
    await pass(5, {}, []);
    expect(raised()).toEqual(['monitor-silent', 'monitor-silent', 'monitor-silent']);
    await pass(4);
    expect(raised()).toEqual([]);
  });

  it('probe-latency is raised by probes that take most of their timeout', async () => {
    const atMs = Date.now();
    await pass(8, { wroteAtMs: atMs + 10_000_000 });
    expect(raised()).toEqual(['probe-latency']);
  });

  it('rehearsal-failed is raised, too, when none was carried out for an hour', async () => {
    await pass(3);
    await vi.advanceTimersByTimeAsync(3 * 3_600_000);
    expect(raised()).toContain('rehearsal-failed');
  });

  it.each([
    ['slow-failover', FAILOVER_SECONDS, 31],
    ['rehearsal-failed', REHEARSAL_FAILED, 1],
  ])('%s is raised by one value of %s', async (code, metric, value) => {
    await pass(1);
    cloudWatch.takeLine(metricLine(Date.now(), [{ values: { [metric]: value } }]));
    // Until the hour is over in which a rehearsal failed.
    await pass(62);
    expect(alarmsTold()).toEqual([code]);
  });
});
