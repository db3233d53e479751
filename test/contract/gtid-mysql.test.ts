import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GtidError } from '../../lib/core/gtid/gtid-error.ts';
import * as mysql from '../../lib/core/gtid/mysql.ts';
import { positionsOf } from '../../lib/core/gtid/position.ts';
import { anyGtidSet, damaged, smallGtidSet } from '../core/gtid/arbitraries.ts';
import { onEngine, startOneServer, type OneServer } from './one-server.ts';

/** What the server makes of two sets, by its own functions. */
interface Verdict {
  readonly a: string;
  readonly subtracted: string;
  readonly intersected: string;
  readonly joined: string;
  readonly contained: boolean;
}

const positions = positionsOf('mysql');

/** Many pairs in one query. */
const JUDGE = `
  SELECT GTID_SUBTRACT(a, '') AS a, GTID_SUBTRACT(a, b) AS subtracted, GTID_SUBTRACT(a, GTID_SUBTRACT(a, b)) AS intersected,
         GTID_SUBTRACT(CONCAT(a, ',', b), '') AS joined, GTID_SUBSET(b, a) AS contained
    FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, a LONGTEXT PATH '$[0]', b LONGTEXT PATH '$[1]')) AS pairs
    ORDER BY n`;

function judged(textA: string, textB: string): Verdict {
  const [a, b] = [mysql.parse(textA), mysql.parse(textB)];
  const onlyA = mysql.subtract(a, b);
  return {
    a: mysql.print(a),
    subtracted: mysql.print(onlyA),
    intersected: mysql.print(mysql.subtract(a, onlyA)),
    joined: mysql.print(mysql.union(a, b)),
    contained: mysql.contains(a, b),
  };
}

/** Our reading of a text, or what should have stood where it can't be read. */
function readByUs(text: string): { ours: string | null; fault: string } {
  try {
    return { ours: mysql.print(mysql.parse(text)), fault: '' };
  } catch (error) {
    if (error instanceof GtidError) return { ours: null, fault: error.expected };
    throw error;
  }
}

await onEngine('mysql', 'GTID sets, as the server itself has them:', (build) => {
  let server: OneServer;
  beforeAll(async () => {
    server = await startOneServer(build);
  });
  afterAll(() => server.close());

  const judgedByServer = async (pairs: readonly (readonly [string, string])[]): Promise<Verdict[]> => {
    const rows = await server.ask(JUDGE, [JSON.stringify(pairs)]);
    return rows.map(({ a, subtracted, intersected, joined, contained }) => ({
      a: String(a),
      subtracted: String(subtracted),
      intersected: String(intersected),
      joined: String(joined),
      contained: contained === 1,
    }));
  };

  describe('difference, intersection, union, subset and the text of a set', () => {
    it.each([
      ['small numbers, so that sets overlap', smallGtidSet],
      ['numbers up to the largest', anyGtidSet],
    ])('of %s', async (_, anySet) => {
      const batch = fc.array(fc.tuple(anySet, anySet), { minLength: 150, maxLength: 250 });
      await fc.assert(
        fc.asyncProperty(batch, async (pairs) => {
          expect(pairs.map(([a, b]) => judged(a, b))).toEqual(await judgedByServer(pairs));
        }),
        { numRuns: 15 },
      );
    });

    it('where one holds the other, which random sets seldom do', async () => {
      const nested = fc.tuple(smallGtidSet, smallGtidSet).map(([a, b]) => [`${a},${b}`, a] as const);
      await fc.assert(
        fc.asyncProperty(fc.array(nested, { minLength: 100, maxLength: 200 }), async (pairs) => {
          const verdicts = await judgedByServer(pairs);
          expect(verdicts.every(({ contained }) => contained)).toBe(true);
          expect(pairs.map(([a, b]) => judged(a, b))).toEqual(verdicts);
        }),
        { numRuns: 5 },
      );
    });

    it('with what is errant on a replica, by the arithmetic that manuals give', async () => {
      const source = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
      const anyOfSource = `${source}:1-100:a:1-100:a_1:1-100:_b:1-100:${'x'.repeat(32)}:1-100`;
      const batch = fc.array(fc.tuple(smallGtidSet, smallGtidSet), { minLength: 100, maxLength: 200 });
      await fc.assert(
        fc.asyncProperty(batch, async (pairs) => {
          // What the source may have written since is added to what it was seen to have.
          const asked = pairs.map(([of, seen]) => [of, `${seen},${anyOfSource}`] as const);
          const ours = pairs.map(([of, executed]) => positions.errant(of, { executed, identity: source }));
          expect(ours).toEqual((await judgedByServer(asked)).map(({ subtracted }) => subtracted));
        }),
        { numRuns: 5 },
      );
    });
  });

  describe('a damaged text', () => {
    /** The server's reading of it, or null when it refuses. */
    const readByServer = async (text: string): Promise<string | null> => {
      try {
        const [row] = await server.ask("SELECT GTID_SUBTRACT(?, '') AS text", [text]);
        return String(row?.['text']);
      } catch {
        return null;
      }
    };

    it('is read only if the server reads it, and as the same set; what only the server takes, it never prints', async () => {
      const seen = { both: 0, neither: 0, serverOnly: 0 };
      await fc.assert(
        fc.asyncProperty(damaged(fc.oneof(smallGtidSet, anyGtidSet)), async (text) => {
          const [theirs, { ours, fault }] = [await readByServer(text), readByUs(text)];
          // Leading zeros, intervals that end before they start, tags and UUIDs without any.
          const isServerOnly = ours === null && /^a (tag, or a )?transaction number|^":" and an interval/.test(fault);
          expect(ours).toBe(isServerOnly ? null : theirs);
          seen[ours !== null ? 'both' : theirs === null ? 'neither' : 'serverOnly'] += 1;
        }),
        { numRuns: 2_000 },
      );
      expect(Object.values(seen).every((count) => count > 5)).toBe(true);
    });

    it.each([
      ['', ''],
      [' \n', ''],
      [',,', ''],
      ['2C256447-3F0D-431B-9A25-BDDF1F1F6EF6:5-5:TAG:1', '2c256447-3f0d-431b-9a25-bddf1f1f6ef6:5:tag:1'],
      ['2c256447-3f0d-431b-9a25-bddf1f1f6ef6:9223372036854775807', null],
      ['2c256447-3f0d-431b-9a25-bddf1f1f6ef6:0', null],
      ['0-1-100', null],
    ])('or a good one, %j, is %j to both', async (text, expected) => {
      expect(await readByServer(text)).toBe(expected);
      expect(readByUs(text).ours).toBe(expected);
    });
  });
});
