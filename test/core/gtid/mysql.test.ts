import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GtidError } from '../../../lib/core/gtid/gtid-error.ts';
import * as mysql from '../../../lib/core/gtid/mysql.ts';
import { anyGtidSet, smallGtidSet, transactionsOf } from './arbitraries.ts';

const A = '2c256447-3f0d-431b-9a25-bddf1f1f6ef6';
const B = '3e11fa47-71ca-11e1-9e33-c80aa9429562';

const canonical = (text: string): string => mysql.print(mysql.parse(text));
const onTexts = (operation: typeof mysql.union, a: string, b: string): string =>
  mysql.print(operation(mysql.parse(a), mysql.parse(b)));

describe('a MySQL GTID set is read and printed as the server does', () => {
  it.each([
    ['nothing', '', ''],
    ['white space only', ' \n', ''],
    ['commas only', ',, ,', ''],
    ['one transaction', `${A}:7`, `${A}:7`],
    ['an interval of one', `${A}:7-7`, `${A}:7`],
    ['upper case', `${A.toUpperCase()}:1:TAG:2`, `${A}:1:tag:2`],
    ['intervals out of order', `${A}:9:1-3`, `${A}:1-3:9`],
    ['intervals that touch', `${A}:1-3:4-5`, `${A}:1-5`],
    ['intervals that overlap', `${A}:1-3:2-5:3`, `${A}:1-5`],
    ['UUIDs out of order', `${B}:1,${A}:1`, `${A}:1,\n${B}:1`],
    ['a UUID that stands twice', `${A}:1,${B}:5,${A}:2`, `${A}:1-2,\n${B}:5`],
    ['two texts joined, the first empty', `,${A}:1`, `${A}:1`],
    ['two texts joined, the second empty', `${A}:1,`, `${A}:1`],
    ['tags, the untagged first', `${A}:tag_b:5:1-5`, `${A}:tag_b:1-5`],
    ['tags out of order', `${A}:b:1:a:1,${A}:1-2`, `${A}:1-2:a:1:b:1`],
    ['one tag of two UUIDs', `${B}:a:1,${A}:a:1`, `${A}:a:1,\n${B}:a:1`],
    ['a tag that starts another', `${A}:ab:1:a:1:_z:1`, `${A}:_z:1:a:1:ab:1`],
    ['the largest number', `${A}:1-9223372036854775806`, `${A}:1-9223372036854775806`],
    ['white space between all tokens', ` ${A} : 1 - 3 : t : 2 ,\n ${B} : 1 `, `${A}:1-3:t:2,\n${B}:1`],
  ])('%s', (_, text, printed) => {
    expect(canonical(text)).toBe(printed);
  });
});

describe('a text that is no MySQL GTID set is refused at the place of the fault', () => {
  it.each([
    ['a word', 'ON', 0, 'a UUID'],
    ['a MariaDB position', '0-1-100', 0, 'a UUID'],
    ['a UUID cut short', A.slice(0, 30), 0, 'a UUID'],
    ['a UUID alone', A, 36, '":"'],
    ['a UUID too long', `${A}f:1`, 36, '":"'],
    ['no interval', `${A}:`, 37, 'a tag, or a transaction number from 1'],
    ['zero', `${A}:0`, 37, 'from 1 to'],
    ['a number past the last', `${A}:9223372036854775807`, 37, 'to 9223372036854775806'],
    ['a leading zero, which some releases read as octal', `${A}:010`, 37, 'without leading zeros'],
    ['an interval that ends before it starts', `${A}:5-3`, 39, 'from 5 to'],
    ['an interval without an end', `${A}:5-`, 39, 'from 5 to'],
    ['a tag without intervals', `${A}:1:tag`, 42, '":" and an interval'],
    ['two tags at once', `${A}:a:b:1`, 39, 'a transaction number'],
    ['a tag of 33 characters', `${A}:${'a'.repeat(33)}:1`, 37, 'a tag'],
    ['a missing comma', `${A}:1 ${B}:1`, 39, '","'],
    ['rubbish after a good set', `${A}:1,${B}:2;`, 77, 'or the end'],
  ])('%s', (_, text, offset, expected) => {
    const error = refusal(text);
    expect(error).toMatchObject({ offset, text, code: 'gtid' });
    expect(error.message).toContain(`can't be read at offset ${offset}`);
    expect(error.expected).toContain(expected);
  });

  it('shows only the surroundings of a fault in a long text', () => {
    const long = `${`${A}:1,`.repeat(100)}rubbish`;
    expect(refusal(long).message).toContain('found "rubbish"; expected a UUID');
    expect(refusal(long).message.length).toBeLessThan(300);
  });

  function refusal(text: string): GtidError {
    try {
      mysql.parse(text);
    } catch (error) {
      if (error instanceof GtidError) return error;
      throw error;
    }
    throw new Error(`${JSON.stringify(text)} was not refused`);
  }
});

describe('set operations', () => {
  it.each([
    ['a hole', `${A}:1-10`, `${A}:4-6`, `${A}:1-3:7-10`],
    ['both ends', `${A}:1-10`, `${A}:1:10`, `${A}:2-9`],
    ['one cut over two intervals', `${A}:1-5:8-12`, `${A}:4-9`, `${A}:1-3:10-12`],
    ['cuts that lie between', `${A}:1-2:8-9`, `${A}:4-5:20`, `${A}:1-2:8-9`],
    ['another tag', `${A}:1-5:t:1-5`, `${A}:t:2-9`, `${A}:1-5:t:1`],
    ['another UUID', `${A}:1-5`, `${B}:1-5`, `${A}:1-5`],
    ['everything', `${A}:1-5`, `${A}:1-5`, ''],
  ])('subtract: %s', (_, a, b, left) => {
    expect(onTexts(mysql.subtract, a, b)).toBe(left);
  });

  it('agree with sets of single transactions', () => {
    fc.assert(
      fc.property(smallGtidSet, smallGtidSet, (textA, textB) => {
        const [a, b] = [mysql.parse(textA), mysql.parse(textB)];
        const [setA, setB] = [transactionsOf(textA), transactionsOf(textB)];
        const onlyA = new Set([...setA].filter((each) => !setB.has(each)));
        expect(transactionsOf(mysql.print(a))).toEqual(setA);
        expect(transactionsOf(mysql.print(mysql.union(a, b)))).toEqual(new Set([...setA, ...setB]));
        expect(transactionsOf(mysql.print(mysql.subtract(a, b)))).toEqual(onlyA);
        expect(mysql.contains(b, a)).toBe(onlyA.size === 0);
        expect(mysql.count(a)).toBe(BigInt(setA.size));
        expect(mysql.isEmpty(a)).toBe(setA.size === 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('print what reads back as the same set, in one form only', () => {
    fc.assert(
      fc.property(anyGtidSet, (text) => {
        const set = mysql.parse(text);
        expect(mysql.parse(mysql.print(set))).toEqual(set);
        expect(canonical(mysql.print(set))).toBe(mysql.print(set));
      }),
    );
  });

  it('read two texts joined by a comma as their union', () => {
    fc.assert(
      fc.property(anyGtidSet, anyGtidSet, (a, b) => {
        expect(canonical(`${a},${b}`)).toBe(onTexts(mysql.union, a, b));
      }),
    );
  });

  it('keep the laws of sets up to the largest numbers', () => {
    fc.assert(
      fc.property(anyGtidSet, anyGtidSet, anyGtidSet, (textA, textB, textC) => {
        const [a, b, c] = [mysql.parse(textA), mysql.parse(textB), mysql.parse(textC)];
        const { union, subtract, contains, count } = mysql;
        expect(union(a, b)).toEqual(union(b, a));
        expect(union(union(a, b), c)).toEqual(union(a, union(b, c)));
        expect(union(a, a)).toEqual(a);
        expect(subtract(a, a)).toEqual(mysql.parse(''));
        expect(subtract(union(a, b), b)).toEqual(subtract(a, b));
        expect(subtract(subtract(a, b), c)).toEqual(subtract(a, union(b, c)));
        expect(contains(union(a, b), a)).toBe(true);
        expect(union(subtract(a, b), subtract(a, subtract(a, b)))).toEqual(a);
        expect(count(union(a, b))).toBe(count(a) + count(subtract(b, a)));
      }),
    );
  });

  it('leave their operands as they were', () => {
    const [a, b] = [mysql.parse(`${A}:1-5`), mysql.parse(`${A}:4-9,${B}:1`)];
    mysql.union(a, b);
    mysql.subtract(a, b);
    expect([mysql.print(a), mysql.print(b)]).toEqual([`${A}:1-5`, `${A}:4-9,\n${B}:1`]);
  });

  it('take less than a millisecond for sets of 1,000 intervals', () => {
    const scattered = (offset: number): mysql.GtidSet =>
      mysql.parse(
        `${A}:${Array.from({ length: 1_000 }, (_, i) => `${i * 10 + offset}-${i * 10 + offset + 4}`).join(':')}`,
      );
    const [a, b] = [scattered(1), scattered(3)];
    // The fastest of many: what the work takes, whatever else the machine is doing.
    const fastestMs = (work: () => unknown): number =>
      Math.min(
        ...Array.from({ length: 200 }, () => {
          const start = performance.now();
          work();
          return performance.now() - start;
        }),
      );
    expect(fastestMs(() => mysql.union(a, b))).toBeLessThan(1);
    expect(fastestMs(() => mysql.subtract(a, b))).toBeLessThan(1);
    expect(mysql.count(mysql.union(a, b))).toBe(7_000n);
    expect(mysql.count(mysql.subtract(a, b))).toBe(2_000n);
  });
});

describe('errant MySQL transactions', () => {
  const U = A.toUpperCase();
  it.each([
    ['none', `${A}:1-10`, `${A}:1-10`, A, '', `${A}:1-10`],
    ['none in later ones of the source', `${A}:1-12`, `${A}:1-10`, A, '', `${A}:1-12`],
    ['none in a number of the source that was still under way', `${A}:1-10`, `${A}:1-4:6-10`, A, '', `${A}:1-10`],
    ['none in tagged ones of the source', `${A}:1-10:t:1-5`, `${A}:1-10`, A, '', `${A}:1-10:t:1-5`],
    ['none in those of an earlier source', `${A}:1-10,${B}:1-5`, `${A}:1-10,${B}:1-5`, A, '', `${A}:1-10,\n${B}:1-5`],
    ['own ones of the replica', `${A}:1-10,${B}:1-5`, `${A}:1-10,${B}:1-3`, A, `${B}:4-5`, `${A}:1-10,\n${B}:1-3`],
    ['own ones with a tag', `${A}:1-10,${B}:t:1`, `${A}:1-10,${B}:1`, A, `${B}:t:1`, `${A}:1-10`],
    ['none, of a source named in upper case', `${A}:1-12`, `${U}:1-10`, U, '', `${A}:1-12`],
    ['all, of a source that has nothing', `${B}:1-2`, '', A, `${B}:1-2`, ''],
  ])('%s', (_, of, source, uuid, errant, rest) => {
    const [set, seen] = [mysql.parse(of), mysql.parse(source)];
    expect(mysql.print(mysql.errant(set, seen, uuid))).toBe(errant);
    expect(mysql.print(mysql.fromSource(set, seen, uuid))).toBe(rest);
  });

  it('and those from the source make up the whole, and the source wrote or had all of the latter', () => {
    fc.assert(
      fc.property(anyGtidSet, anyGtidSet, fc.constantFrom(A, B), (textOf, textSource, uuid) => {
        const [of, source] = [mysql.parse(textOf), mysql.parse(textSource)];
        const [errant, rest] = [mysql.errant(of, source, uuid), mysql.fromSource(of, source, uuid)];
        expect(mysql.union(errant, rest)).toEqual(of);
        expect(mysql.count(errant) + mysql.count(rest)).toBe(mysql.count(of));
        expect(mysql.errant(rest, source, uuid)).toEqual(mysql.parse(''));
        expect(mysql.isEmpty(mysql.subtract(mysql.subtract(rest, source), ofUuid(rest, uuid)))).toBe(true);
        expect(mysql.isEmpty(ofUuid(errant, uuid))).toBe(true);
      }),
    );
  });

  function ofUuid(set: mysql.GtidSet, uuid: string): mysql.GtidSet {
    return new Map([...set].filter(([source]) => source.startsWith(uuid)));
  }
});
