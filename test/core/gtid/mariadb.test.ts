import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GtidError } from '../../../lib/core/gtid/gtid-error.ts';
import * as mariadb from '../../../lib/core/gtid/mariadb.ts';
import { anyMariadbPosition } from './arbitraries.ts';

describe('a MariaDB position is read and printed as the server does', () => {
  it.each([
    ['nothing', '', ''],
    ['one domain', '0-1-100', '0-1-100'],
    ['domains out of order', '10-1-5,2-1-7', '2-1-7,10-1-5'],
    ['white space before numbers', ' 0- 1-\t100,\n 1- 2- 3', '0-1-100,1-2-3'],
    ['a domain of which nothing was executed', '0-1-0,1-1-5', '1-1-5'],
    ['the largest numbers', '4294967295-4294967295-18446744073709551615', '4294967295-4294967295-18446744073709551615'],
  ])('%s', (_, text, printed) => {
    expect(mariadb.print(mariadb.parse(text))).toBe(printed);
  });
});

describe('a text that is no MariaDB position is refused at the place of the fault', () => {
  it.each([
    ['a word', 'Slave_Pos', 0, 'a domain id from 0 to 4294967295'],
    ['a MySQL set', '3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5', 1, '"-"'],
    ['a GTID cut short', '0-1', 3, '"-" and a sequence number'],
    ['no sequence number', '0-1-', 4, 'a sequence number'],
    ['a leading zero', '007-1-5', 0, 'without leading zeros'],
    ['a domain past 32 bits', '4294967296-1-1', 0, 'to 4294967295'],
    ['a server past 32 bits', '0-4294967296-1', 2, 'to 4294967295'],
    ['a sequence number past 64 bits', '0-1-18446744073709551616', 4, 'to 18446744073709551615'],
    ['a negative number', '0--1-5', 2, 'a server id'],
    ['a comma at the end', '0-1-5,', 6, 'a domain id'],
    ['a comma at the start', ',0-1-5', 0, 'a domain id'],
    ['a missing comma', '0-1-5 1-1-5', 5, '","'],
    ['white space only', ' \n', 2, 'a domain id'],
    ['white space before a dash', '0 -1-5', 1, '"-" and a server id'],
    ['white space before a comma', '0-1-5 ,1-1-5', 5, '","'],
    ['white space at the end', '0-1-5 ', 5, 'or the end'],
    ['a plus sign', '0-+1-5', 2, 'a server id'],
    ['a binlog state, with a domain twice', '0-1-5,0-2-7', 6, 'a domain other than 0'],
  ])('%s', (_, text, offset, expected) => {
    const read = (): unknown => mariadb.parse(text);
    expect(read).toThrow(GtidError);
    expect(read).toThrow(`can't be read at offset ${offset}`);
    expect(read).toThrow(expected);
  });
});

describe('MariaDB positions', () => {
  it.each([
    ['nothing beyond itself', '0-1-5', '0-1-5', '', 0n],
    ['later in one domain', '0-1-8', '0-1-5', '0-1-8', 3n],
    ['later by another server', '0-2-8', '0-1-5', '0-2-8', 3n],
    ['earlier', '0-1-5', '0-2-8', '', 0n],
    ['a domain that the other has not', '0-1-5,1-1-3', '0-1-5', '1-1-3', 3n],
    ['two domains', '0-1-6,1-1-3,2-1-1', '0-1-5,2-1-9', '0-1-6,1-1-3', 4n],
    ['the same number by another server, which is the least of a parted history', '0-2-5', '0-1-5', '0-2-5', 1n],
    ['numbers beyond the exact range of doubles', '0-1-9007199254740993', '0-1-1', '0-1-9007199254740993', 2n ** 53n],
  ])('%s', (_, textA, textB, beyond, count) => {
    const [a, b] = [mariadb.parse(textA), mariadb.parse(textB)];
    expect(mariadb.print(mariadb.beyond(a, b))).toBe(beyond);
    expect(mariadb.countBeyond(a, b)).toBe(count);
    expect(mariadb.contains(b, a)).toBe(beyond === '');
  });

  it('print what reads back as the same position', () => {
    fc.assert(
      fc.property(anyMariadbPosition, (text) => {
        const position = mariadb.parse(text);
        expect(mariadb.parse(mariadb.print(position))).toEqual(position);
      }),
    );
  });

  it('are partially ordered by contains', () => {
    fc.assert(
      fc.property(anyMariadbPosition, anyMariadbPosition, anyMariadbPosition, (textA, textB, textC) => {
        const [a, b, c] = [mariadb.parse(textA), mariadb.parse(textB), mariadb.parse(textC)];
        const { contains, print } = mariadb;
        expect(contains(a, a)).toBe(true);
        expect(contains(a, b) && contains(b, a)).toBe(print(a) === print(b));
        expect(contains(a, c) || !(contains(a, b) && contains(b, c))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('agree with sets of single transactions as long as no history has parted', () => {
    // Three domains, and who wrote each transaction of them; a server has executed a prefix of each.
    const histories = fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 8 }), { maxLength: 3 });
    const prefixes = fc.tuple(histories, fc.array(fc.nat(8)), fc.array(fc.nat(8)));
    fc.assert(
      fc.property(prefixes, ([writers, endsA, endsB]) => {
        const executed = (ends: readonly number[]): string[][] =>
          writers.map((servers, domain) =>
            servers.slice(0, ends[domain] ?? 0).map((server, index) => `${domain}-${server}-${index + 1}`),
          );
        const [allA, allB] = [executed(endsA), executed(endsB)];
        const positionOf = (all: string[][]): mariadb.Position =>
          mariadb.parse(all.flatMap((domain) => domain.slice(-1)).join(','));
        const [a, b] = [positionOf(allA), positionOf(allB)];
        const inB = new Set(allB.flat());
        const onlyA = allA.flat().filter((gtid) => !inB.has(gtid));
        expect(mariadb.contains(b, a)).toBe(onlyA.length === 0);
        expect(mariadb.countBeyond(a, b)).toBe(BigInt(onlyA.length));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('errant MariaDB transactions', () => {
  it.each([
    ['none', '0-1-10', '0-1-10', '1', '', '0-1-10'],
    ['none in later ones of the source', '0-1-12', '0-1-10', '1', '', '0-1-12'],
    ['none in those of an earlier source', '0-2-8,1-2-3', '0-1-10,1-2-3', '1', '', '0-2-8,1-2-3'],
    ['none in a domain that only the source writes', '0-1-10,1-1-3', '0-1-10', '1', '', '0-1-10,1-1-3'],
    ['own ones above those of the source', '0-3-12', '0-1-10', '1', '0-3-12', '0-1-11'],
    ['own ones in a domain of their own', '0-1-10,7-3-1', '0-1-10', '1', '7-3-1', '0-1-10'],
    ['another one at the number of the source', '0-3-10', '0-1-10', '1', '0-3-10', '0-1-9'],
    ['one that names the source where the source had another', '0-1-10', '0-2-10', '1', '0-1-10', '0-1-9'],
    ['own ones of a source that has nothing', '0-3-2', '', '1', '0-3-2', '0-1-1'],
    ['none that can be seen below later ones of the source', '0-1-12', '0-1-10', '1', '', '0-1-12'],
  ])('%s', (_, of, source, id, errant, rest) => {
    const [position, seen] = [mariadb.parse(of), mariadb.parse(source)];
    expect(mariadb.print(mariadb.errant(position, seen, id))).toBe(errant);
    expect(mariadb.print(mariadb.fromSource(position, seen, id))).toBe(rest);
  });

  it('are what a replica wrote itself after a prefix of the source, and the bound below holds that prefix', () => {
    const history = fc.tuple(fc.nat(6), fc.nat(6), fc.nat(4), fc.nat(4));
    fc.assert(
      fc.property(history, ([seenAt, received, more, own]) => {
        const source = mariadb.parse(seenAt === 0 ? '' : `0-1-${seenAt}`);
        const fromIt = received + more;
        const of = mariadb.parse(own > 0 ? `0-3-${fromIt + own}` : fromIt > 0 ? `0-1-${fromIt}` : '');
        const isSeen = own > 0 && fromIt + own >= seenAt;
        expect(mariadb.isEmpty(mariadb.errant(of, source, '1'))).toBe(!isSeen);
        const bound = mariadb.fromSource(of, source, '1');
        expect(mariadb.contains(bound, mariadb.parse(fromIt > 0 ? `0-1-${fromIt}` : ''))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the union of MariaDB positions', () => {
  it.each([
    ['of each domain the later', '0-1-5,1-1-9', '0-2-7,1-1-3', '0-2-7,1-1-9'],
    ['domains of either', '0-1-5', '1-1-3', '0-1-5,1-1-3'],
    ['nothing and something', '', '0-1-5', '0-1-5'],
    ['the first where histories have parted', '0-1-5', '0-2-5', '0-1-5'],
  ])('has %s', (_, a, b, both) => {
    expect(mariadb.print(mariadb.union(mariadb.parse(a), mariadb.parse(b)))).toBe(both);
  });

  it('is the least that contains both, unless they have parted at one number', () => {
    fc.assert(
      fc.property(anyMariadbPosition, anyMariadbPosition, (textA, textB) => {
        const [a, b] = [mariadb.parse(textA), mariadb.parse(textB)];
        const both = mariadb.union(a, b);
        expect(mariadb.contains(both, a)).toBe(true);
        const parted = [...a].some(
          ([domain, { serverId, sequence }]) =>
            b.get(domain)?.sequence === sequence && b.get(domain)?.serverId !== serverId,
        );
        expect(mariadb.contains(both, b)).toBe(!parted);
      }),
      { numRuns: 1_000 },
    );
  });
});
