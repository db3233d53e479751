import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GtidError } from '../../lib/core/gtid/gtid-error.ts';
import * as mariadb from '../../lib/core/gtid/mariadb.ts';
import { anyMariadbPosition, damaged, extremeMariadbPosition } from '../core/gtid/arbitraries.ts';
import { onEngine, startOneServer, type OneServer } from './one-server.ts';

/** Our reading of a text, or what stands from the place on where it can't be read. */
function readByUs(text: string): { ours: string | null; rest: string } {
  try {
    return { ours: mariadb.print(mariadb.parse(text)), rest: '' };
  } catch (error) {
    if (error instanceof GtidError) return { ours: null, rest: text.slice(error.offset) };
    throw error;
  }
}

await onEngine('mariadb', 'GTID positions, as the server itself has them:', (build) => {
  let server: OneServer;
  beforeAll(async () => {
    server = await startOneServer(build);
  });
  afterAll(() => server.close());

  /** The server's reading of a text, or null when it refuses. It keeps domains of which nothing was executed. */
  const readByServer = async (text: string): Promise<string | null> => {
    try {
      await server.ask('SET GLOBAL gtid_slave_pos = ?', [text]);
    } catch {
      return null;
    }
    const [row] = await server.ask('SELECT @@GLOBAL.gtid_slave_pos AS text');
    return String(row?.['text'])
      .split(',')
      .filter((gtid) => !gtid.endsWith('-0'))
      .join(',');
  };

  describe('a text', () => {
    it.each([
      ['of few domains', anyMariadbPosition, 150],
      ['with the largest numbers, and past them', extremeMariadbPosition, 150],
      ['that is damaged', damaged(anyMariadbPosition), 600],
    ])('%s is read only if the server reads it, and the same', async (_, anyText, numRuns) => {
      let readByBoth = 0;
      await fc.assert(
        fc.asyncProperty(anyText, async (text) => {
          const [theirs, { ours, rest }] = [await readByServer(text), readByUs(text)];
          // Leading zeros and plus signs: the server takes them and never prints them.
          const isServerOnly = ours === null && /^\s*(\+|0[0-9])/.test(rest);
          expect(ours).toBe(isServerOnly ? null : theirs);
          readByBoth += Number(ours !== null);
        }),
        { numRuns },
      );
      expect(readByBoth).toBeGreaterThan(5);
    });
  });

  it('a position contains another as MASTER_GTID_WAIT has it, unless they have parted at one number', async () => {
    await fc.assert(
      fc.asyncProperty(anyMariadbPosition, anyMariadbPosition, async (textA, textB) => {
        const [a, b] = [mariadb.parse(textA), mariadb.parse(textB)];
        await server.ask('SET GLOBAL gtid_slave_pos = ?', [textA]);
        const [row] = await server.ask('SELECT MASTER_GTID_WAIT(?, 0) AS outcome', [mariadb.print(b)]);
        const parted = [...b].some(([domain, gtid]) => {
          const other = a.get(domain);
          return other?.sequence === gtid.sequence && other.serverId !== gtid.serverId;
        });
        // The server compares numbers only.
        expect(mariadb.contains(a, b)).toBe(row?.['outcome'] === 0 && !parted);
      }),
      { numRuns: 200 },
    );
  });
});
