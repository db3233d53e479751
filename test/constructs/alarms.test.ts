import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALARMS, runbookOf } from '../../lib/core/alarms.ts';
import { PROBLEMS } from '../../lib/core/diagnosis/problems.ts';
import { exampleConfig, synthesize } from './example.ts';
import { readable } from './readable.ts';
import { properties } from './resources.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const alarms = properties(synthesize(), 'AWS::CloudWatch::Alarm');
const CODES = ALARMS.map(({ code }) => code);
const alarmsOf = (code: string) =>
  alarms.filter(({ AlarmDescription }) => String(AlarmDescription).endsWith(runbookOf(code)));

describe('every alarm of the table', () => {
  it.each(CODES)('%s is in the stack, and its description says what is wrong and where to read on', (code) => {
    const { sentence, of } = ALARMS.find((each) => each.code === code)!;
    expect(alarmsOf(code)).toHaveLength(of === 'seat' ? 3 : 1);
    for (const alarm of alarmsOf(code)) expect(alarm['AlarmDescription']).toContain(sentence);
  });

  it('is all that the stack has', () => {
    expect(CODES.flatMap((code) => alarmsOf(code))).toHaveLength(alarms.length);
  });

  it('has a runbook, and each runbook an alarm', () => {
    const pages = readdirSync(`${root}/docs/runbooks`).map((file) => file.replace('.md', ''));
    expect(pages.toSorted()).toEqual(CODES.toSorted());
  });

  it.each(CODES)('%s has a runbook that says what it means, and what to look at, do and leave', (code) => {
    const page = readFileSync(`${root}/${runbookOf(code)}`, 'utf8');
    expect([...page.matchAll(/^# .*|^\*\*[^*]+\*\*/gm)].map(([text]) => text)).toEqual([
      `# ${code}`,
      '**What it means.**',
      '**What to look at.**',
      '**What to do.**',
      '**What not to do.**',
    ]);
    expect(page.split('\n').length).toBeLessThan(60);
  });

  it('has a name, and a metric of its own', () => {
    expect(new Set(CODES).size).toBe(CODES.length);
    expect(new Set(ALARMS.map(({ metric }) => metric)).size).toBe(ALARMS.length);
  });

  it('tells the topic when it is raised and when it is over', () => {
    for (const { AlarmActions, OKActions } of alarms) {
      expect([AlarmActions, OKActions].flat().map(readable)).toEqual([
        '${FailoverNotifications}',
        '${FailoverNotifications}',
      ]);
    }
  });
});

describe('the alarms', () => {
  it('are raised by what people must hear of at once: each problem of priority 1 that changes nothing by itself', () => {
    const counted = new Set(ALARMS.flatMap(({ counts }): readonly string[] => counts));
    const left = PROBLEMS.filter(
      ({ priority, action, code }) => priority === 1 && action === 'alarm' && !counted.has(code),
    );
    // Of EC2, the route and other servers' identities nobody looks within a round, or another alarm is raised by them.
    expect(left.map(({ code }) => code)).toEqual([
      'primary-instance-stopped',
      'route-drifted',
      'other-server',
      'epoch-ahead',
    ]);
  });

  it('take the silence of a monitor and of the rehearsal for a fault, and of anything else for none', () => {
    const silent = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(silent).toEqual([...alarmsOf('monitor-silent'), ...alarmsOf('rehearsal-failed')]);
  });

  it('watch each monitor in each shard', () => {
    const [cluster] = exampleConfig().clusters;
    const many = {
      ...exampleConfig(),
      monitoring: { clustersPerShard: 1 },
      clusters: ['orders', 'billing'].map((id, index) => ({
        ...cluster!,
        id,
        route: { ...cluster!.route, address: `10.0.1.10${index}` },
        dns: { ...cluster!.dns, recordName: `${id}.db.example.internal` },
      })),
    };
    const seats = properties(synthesize(many), 'AWS::CloudWatch::Alarm').flatMap(({ Dimensions }) =>
      (Dimensions as { Name: string; Value: string }[]).flatMap(({ Name, Value }) => (Name === 'seat' ? [Value] : [])),
    );
    expect(seats).toEqual(['a/0', 'a/1', 'b/0', 'b/1', 'c/0', 'c/1']);
  });

  it('measure a failover against 30 seconds', () => {
    expect(alarmsOf('slow-failover')).toMatchObject([
      {
        Namespace: 'DatabaseFailover',
        MetricName: 'FailoverSeconds',
        Dimensions: [{ Name: 'service', Value: 'db-failover' }],
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 30,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      },
    ]);
  });
});
