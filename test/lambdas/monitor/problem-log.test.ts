import { describe, expect, it } from 'vitest';
import { problemLog } from '../../../lambdas/monitor/problem-log.ts';
import type { Problem } from '../../../lib/core/diagnosis/diagnose.ts';

const lag = (subject: string, seconds: number): Problem => ({
  code: 'replica-lagging',
  priority: 3,
  subject,
  sentence: `${subject} is ${seconds} s behind`,
  action: 'alarm',
});

describe('the log of problems', () => {
  const told = (...rounds: readonly (readonly Problem[])[]) => {
    const lines: string[] = [];
    const tell = problemLog('orders', (line) => lines.push(line));
    for (const problems of rounds) tell(problems);
    return lines;
  };

  it('says nothing while there is none', () => {
    expect(told([], [])).toEqual([]);
  });

  it('tells a problem once, however its figures change, and once that it is seen no more', () => {
    expect(told([lag('db-2', 61)], [lag('db-2', 75)], [lag('db-2', 90)], [], [])).toEqual([
      'problem replica-lagging in orders (priority 3): db-2 is 61 s behind',
      'problem replica-lagging in orders is seen no more: db-2',
    ]);
  });

  it('tells it again when it comes back', () => {
    expect(told([lag('db-2', 61)], [], [lag('db-2', 70)])).toHaveLength(3);
  });

  it('keeps problems of one kind on two servers apart', () => {
    expect(told([lag('db-2', 61)], [lag('db-2', 61), lag('db-3', 62)], [lag('db-3', 62)])).toEqual([
      'problem replica-lagging in orders (priority 3): db-2 is 61 s behind',
      'problem replica-lagging in orders (priority 3): db-3 is 62 s behind',
      'problem replica-lagging in orders is seen no more: db-2',
    ]);
  });
});
