import { describe, expect, it } from 'vitest';
import { killableStates, plansAfterFirst, plansFromStart } from '../../../lab/run/kill-plan.ts';

describe('states to kill at', () => {
  it('are those of the definition, within its branches too', () => {
    const names = killableStates('after');
    expect(names).toEqual(
      expect.arrayContaining([
        'Open',
        'Is it opened?',
        'Fail over',
        'Prove fence',
        'Move address',
        'Wait for the stop',
      ]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it.each([
    ['a Fail, which is never exited', 'Halted'],
    ['the last state, after which the execution has ended', 'Failed over'],
    ['the other last state', 'Stood down'],
  ])('do not count %s', (_why, name) => {
    expect(killableStates('after')).not.toContain(name);
  });

  it('count the last state of a branch', () => {
    expect(killableStates('after')).toContain('Stop done');
  });

  it('are only tasks where a function must run', () => {
    expect(killableStates('in')).toEqual(expect.arrayContaining(['Open', 'Promote', 'Halt']));
    for (const name of ['Is it opened?', 'Fail over', 'Wait for the stop', 'Stop done']) {
      expect(killableStates('in')).not.toContain(name);
    }
  });
});

describe('the kills of a drill', () => {
  const entered = ['Open', 'Is it opened?', 'Plan', 'Plan', 'Halted'];

  it('are none without a wish', () => {
    expect(plansFromStart({ kill: null, runs: 3 })).toEqual([null, null, null]);
    expect(plansAfterFirst({ kill: null }, entered)).toEqual([]);
  });

  it('are the same in each run for one state, and for all', () => {
    const one = plansFromStart({ kill: { when: 'in', which: 'Plan' }, runs: 2 });
    expect(one).toEqual(Array.from({ length: 2 }, () => ({ when: 'in', states: new Set(['Plan']) })));
    const [all] = plansFromStart({ kill: { when: 'after', which: 'all' }, runs: 1 });
    expect(all?.states).toEqual(new Set(killableStates('after')));
  });

  it('are one for each state that the first run entered, without a kill of its own', () => {
    const kill = { when: 'after', which: 'each' } as const;
    expect(plansFromStart({ kill, runs: 1 })).toEqual([null]);
    expect(plansAfterFirst({ kill }, entered).map(({ states }) => [...states])).toEqual([
      ['Open'],
      ['Is it opened?'],
      ['Plan'],
    ]);
    expect(plansAfterFirst({ kill: { ...kill, when: 'in' } }, entered)).toHaveLength(2);
  });
});
