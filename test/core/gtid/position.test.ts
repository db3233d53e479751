import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GtidError } from '../../../lib/core/gtid/gtid-error.ts';
import { positionsOf } from '../../../lib/core/gtid/position.ts';
import { anyMariadbPosition, smallGtidSet } from './arbitraries.ts';

const A = '2c256447-3f0d-431b-9a25-bddf1f1f6ef6';
const B = '3e11fa47-71ca-11e1-9e33-c80aa9429562';

describe.each([
  ['mysql', smallGtidSet],
  ['mariadb', anyMariadbPosition],
] as const)('positions of %s', (engine, anyPosition) => {
  const positions = positionsOf(engine);

  it('are behind exactly when something is beyond them', () => {
    fc.assert(
      fc.property(anyPosition, anyPosition, (a, b) => {
        const contained = positions.contains(b, a);
        expect(positions.beyond(a, b) === '').toBe(contained);
        expect(positions.transactionsBeyond(a, b) === 0).toBe(contained);
        expect(positions.contains(a, positions.beyond(a, b))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('compare the other way round when they change places', () => {
    const mirrored = { equal: 'equal', ahead: 'behind', behind: 'ahead', diverged: 'diverged' } as const;
    fc.assert(
      fc.property(anyPosition, anyPosition, (a, b) => {
        const compared = positions.compare(a, b);
        expect(positions.compare(b, a)).toBe(mirrored[compared]);
        expect(compared === 'equal' || compared === 'ahead').toBe(positions.contains(a, b));
      }),
      { numRuns: 1_000 },
    );
  });

  it('are ahead of nothing at all, whatever they are', () => {
    fc.assert(fc.property(anyPosition, (a) => positions.contains(a, '') && positions.contains(a, a)));
    expect(positions.compare('', '')).toBe('equal');
  });

  it('throw on a text that is none, in either place', () => {
    expect(positions.isValid('rubbish')).toBe(false);
    expect(positions.isValid('')).toBe(true);
    for (const [a, b] of [
      ['rubbish', ''],
      ['', 'rubbish'],
    ] as const) {
      expect(() => positions.compare(a, b)).toThrow(GtidError);
      expect(() => positions.contains(a, b)).toThrow(GtidError);
      expect(() => positions.beyond(a, b)).toThrow(GtidError);
      expect(() => positions.transactionsBeyond(a, b)).toThrow(GtidError);
      expect(() => positions.union(a, b)).toThrow(GtidError);
      expect(() => positions.errant(a, { executed: b, identity: '1' })).toThrow(GtidError);
      expect(() => positions.fromSource(a, { executed: b, identity: '1' })).toThrow(GtidError);
    }
  });
});

describe('comparing', () => {
  it.each([
    ['mysql', 'equal', `${A}:1-5`, `${A}:1-3:4-5`],
    ['mysql', 'ahead', `${A}:1-6`, `${A}:1-5`],
    ['mysql', 'behind', `${A}:1-5`, `${A}:1-5,${B}:1`],
    ['mysql', 'diverged', `${A}:1-5:7`, `${A}:1-6`],
    ['mysql', 'diverged', `${A}:1-5:tag:1`, `${A}:1-6`],
    ['mariadb', 'equal', '0-1-5,1-1-2', '1-1-2,0-1-5'],
    ['mariadb', 'ahead', '0-1-6', '0-1-5'],
    ['mariadb', 'ahead', '0-2-6', '0-1-5'],
    ['mariadb', 'behind', '0-1-5', '0-1-5,1-1-1'],
    ['mariadb', 'diverged', '0-1-5', '0-2-5'],
    ['mariadb', 'diverged', '0-1-6,1-1-1', '0-1-5,1-1-2'],
    ['mariadb', 'diverged', '0-1-6,1-1-1', '0-1-5,1-2-1'],
    ['mariadb', 'diverged', '0-1-5', '1-1-5'],
  ] as const)('%s positions are %s: %j and %j', (engine, expected, a, b) => {
    expect(positionsOf(engine).compare(a, b)).toBe(expected);
  });

  it('refuses the text of another engine', () => {
    expect(positionsOf('mysql').isValid('0-1-5')).toBe(false);
    expect(positionsOf('mariadb').isValid(`${A}:1-5`)).toBe(false);
  });

  it('joins, and tells what came from a source from what did not', () => {
    const seen = { executed: `${A}:1-10`, identity: A };
    expect(positionsOf('mysql').union(`${A}:1-3`, `${A}:4,${B}:1`)).toBe(`${A}:1-4,\n${B}:1`);
    expect(positionsOf('mysql').errant(`${A}:1-12,${B}:1`, seen)).toBe(`${B}:1`);
    expect(positionsOf('mysql').fromSource(`${A}:1-12,${B}:1`, seen)).toBe(`${A}:1-12`);
    expect(positionsOf('mariadb').union('0-1-3', '0-2-4')).toBe('0-2-4');
    expect(positionsOf('mariadb').errant('0-3-12', { executed: '0-1-10', identity: '1' })).toBe('0-3-12');
    expect(positionsOf('mariadb').fromSource('0-3-12', { executed: '0-1-10', identity: '1' })).toBe('0-1-11');
  });

  it('says what an errant replica has, and how much', () => {
    const positions = positionsOf('mysql');
    expect(positions.beyond(`${A}:1-10,${B}:1-2`, `${A}:1-12`)).toBe(`${B}:1-2`);
    expect(positions.transactionsBeyond(`${A}:1-10,${B}:1-2`, `${A}:1-8`)).toBe(4);
  });
});
