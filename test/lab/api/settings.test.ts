import { describe, expect, it } from 'vitest';
import { FaultRuleError } from '../../../lab/cloud/faults/rule.ts';
import { LabSettingsError, parseSettings, type LabSettings } from '../../../lab/api/settings.ts';

describe('the settings of a lab', () => {
  it('have a default each', () => {
    expect(parseSettings({})).toEqual({
      engine: 'mariadb',
      topology: { replicas: 2, zones: 'one', semiSync: 'required' },
      detection: { intervalMs: 1_000, timeoutMs: 1_000, failures: 3, writeDeadlineSeconds: 30 },
      cooldownSeconds: 300,
      aws: { apiLatency: 1, stopTimeMs: 2_000 },
      faults: [],
      net: 'auto',
    });
  });

  it('let a probe take as long as the interval, and at most what the configuration allows', () => {
    expect(parseSettings({ detection: { intervalMs: 400 } }).detection.timeoutMs).toBe(400);
    expect(parseSettings({ detection: { intervalMs: 60_000 } }).detection.timeoutMs).toBe(30_000);
  });

  const refused: readonly (readonly [string, unknown, string])[] = [
    ['an engine that there is not', { engine: 'oracle' }, `engine: received "oracle"; use 'mariadb' or 'mysql'`],
    [
      'too many replicas',
      { topology: { replicas: 5 } },
      'topology.replicas: received 5; use a whole number from 2 to 4',
    ],
    ['one replica', { topology: { replicas: 1 } }, 'topology.replicas: received 1; use a whole number from 2 to 4'],
    ['two zones', { topology: { zones: 'two' } }, `topology.zones: received "two"; use 'one' or 'three'`],
    ['semi-sync by a boolean', { topology: { semiSync: true } }, `topology.semiSync: received true; use 'required'`],
    ['a setting misspelt', { topology: { replica: 2 } }, 'topology.replica: not a setting of a lab; leave it out'],
    ['a time as text', { detection: { intervalMs: '1s' } }, 'detection.intervalMs: received "1s"; use a whole number'],
    [
      'a probe that outlasts all of them',
      { detection: { intervalMs: 100, failures: 1, timeoutMs: 500 } },
      'at most interval',
    ],
    ['a negative latency', { aws: { apiLatency: -1 } }, 'aws.apiLatency: received -1; use a number from 0 to 100'],
    ['a listener that is none', { onLine: 'console.log' }, 'onLine: received "console.log"; use a function'],
    [
      'text for a section',
      { topology: 'small' },
      'topology: received "small"; use an object of replicas, zones, semiSync',
    ],
  ];
  it.each(refused)('%s: names the field, the value and the fix', (_what, settings, message) => {
    const parse = () => parseSettings(settings as LabSettings);
    expect(parse).toThrow(LabSettingsError);
    expect(parse).toThrow(message);
  });

  it("refuse a rule by which calls of AWS can't fail", () => {
    const parse = () => parseSettings({ faults: [{ service: 'ec2', fault: { kind: 'explode' } }] } as never);
    expect(parse).toThrow(FaultRuleError);
    expect(parse).toThrow(/faults.*fault\.kind/);
  });

  it('that are wrong in several places say so of each', () => {
    const parse = () => parseSettings({ engine: 'oracle', topology: { replicas: 9 } } as unknown as LabSettings);
    expect(parse).toThrow(/engine: .*\n.*topology\.replicas: /);
  });
});
