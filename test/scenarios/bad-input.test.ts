/**
 * What a user gets wrong.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { QUICK, runDrill } from './run-drill.ts';

describe('words that can’t be used', () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['an unknown scenario', ['--scenario', 'flood'], 'crash, restart-fast, pause, hang'],
    ['an unknown engine', ['--engine', 'oracle'], 'mariadb, mysql'],
    ['a time without a unit', ['--interval', '500'], '--interval: use a time such as 500ms or 1s'],
    ['no runs', ['--runs', '0'], '--runs: use a whole number from 1 to 100'],
    ['an unknown option', ['--speed', '9'], "unknown option '--speed'"],
  ];
  it.each(cases)('%s: names the value and the fix, starts nothing, exits 2', async (_name, args, message) => {
    const { exitCode, output, report } = await runDrill(args);
    expect(output).toContain(message);
    expect(output).not.toContain(' at ');
    expect(exitCode).toBe(2);
    expect(report).toBeNull();
  });

  it('a server program that is not there: one line, exits 2', async () => {
    const { exitCode, output } = await runDrill(QUICK, { env: { DB_FAILOVER_MARIADBD: '/nowhere/mariadbd' } });
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).toContain('/nowhere/mariadbd');
    expect(exitCode).toBe(2);
  });
});
