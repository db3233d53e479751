import { describe, expect, it } from 'vitest';
import { MonitorLog, problemsAfter, timesToVerdicts, type VerdictChange } from '../../../lab/run/monitor-log.ts';
import { problemLog } from '../../../lambdas/monitor/problem-log.ts';
import { FAULT_AT } from './examples.ts';

const change = (afterMs: number, monitor: string, verdict: string): VerdictChange => ({
  atMs: FAULT_AT + afterMs,
  monitor,
  verdict,
});

describe('the log of a monitor', () => {
  it('tells its verdicts, and is about one cluster only', () => {
    const log = new MonitorLog('orders');
    log.hear('a', 'orders: db-1 is dead (3 failures, timeout)', FAULT_AT);
    log.hear('b', 'invoices: db-7 is dead (3 failures, timeout)', FAULT_AT);
    log.hear('c', 'orders: the state table is out of reach', FAULT_AT);
    expect(log.verdicts).toEqual([change(0, 'a', 'dead')]);
  });

  it('tells its problems in the words that monitors use, and not that they are over', () => {
    const log = new MonitorLog('orders');
    const tell = problemLog('orders', (line) => void log.hear('a', line, FAULT_AT));
    const problem = {
      code: 'hung',
      priority: 1,
      subject: 'db-1',
      sentence: 'db-1 hangs',
      action: 'wait',
    } as const;
    tell([problem]);
    tell([problem]);
    tell([]);
    expect(log.problems).toEqual([{ atMs: FAULT_AT, monitor: 'a', code: 'hung' }]);
  });
});

describe('the time to a verdict', () => {
  it('is that of the first monitor, and that of the majority', () => {
    const changes = [change(900, 'a', 'dead'), change(950, 'b', 'suspect'), change(1_200, 'b', 'dead')];
    expect(timesToVerdicts(changes, FAULT_AT, 3)).toEqual([
      { verdict: 'dead', firstMs: 900, majorityMs: 1_200 },
      { verdict: 'suspect', firstMs: 950, majorityMs: null },
    ]);
  });

  it('counts who says it at the same time, and not who said it once', () => {
    const changes = [change(900, 'a', 'dead'), change(1_000, 'a', 'alive'), change(1_200, 'b', 'dead')];
    expect(timesToVerdicts(changes, FAULT_AT, 3)).toContainEqual({ verdict: 'dead', firstMs: 900, majorityMs: null });
  });

  it('does not count what was said before the fault, but who said it', () => {
    const changes = [change(-50, 'a', 'suspect'), change(100, 'b', 'suspect')];
    expect(timesToVerdicts(changes, FAULT_AT, 3)).toEqual([{ verdict: 'suspect', firstMs: 100, majorityMs: 100 }]);
  });

  it('needs more than half of the monitors', () => {
    const changes = [change(100, 'a', 'dead'), change(200, 'b', 'dead')];
    expect(timesToVerdicts(changes, FAULT_AT, 4)).toEqual([{ verdict: 'dead', firstMs: 100, majorityMs: null }]);
  });
});

it('problems are told once each, and none from before the fault', () => {
  const seen = [
    { atMs: FAULT_AT - 1, monitor: 'a', code: 'replica-lagging' },
    { atMs: FAULT_AT, monitor: 'a', code: 'missed' },
    { atMs: FAULT_AT + 9, monitor: 'b', code: 'missed' },
    { atMs: FAULT_AT + 9, monitor: 'b', code: 'dead' },
  ];
  expect(problemsAfter(seen, FAULT_AT)).toEqual(['missed', 'dead']);
});
