/**
 * What a user gets wrong, and what is left behind when he changes his mind.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

describe('Ctrl-C in mid-drill', () => {
  for (const net of ['auto', 'loopback']) {
    it(`leaves no process, namespace, mount or directory (--net ${net})`, async () => {
      const before = traces();
      let sent = false;
      const { exitCode, output } = await runDrill(['--net', net, ...QUICK, '--runs', '3'], {
        onOutput(text, signal) {
          // The workflow runs: servers, functions and applications are all there.
          if (sent || !text.includes('Fail over')) return;
          sent = true;
          signal('SIGINT');
        },
      });
      expect({ sent, exitCode, output }).toMatchObject({ sent: true, exitCode: 130 });
      expect(traces()).toEqual(before);
    });
  }
});

/** Everything of a lab that another process could see. */
function traces() {
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => /my\.cnf|runtime\.mjs|lab\/run\//.test(line) && !line.includes('ps -eo'));
  const namespaces = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  const mounts = execFileSync('sh', ['-c', 'cat /proc/self/mounts'], { encoding: 'utf8' });
  const directories = readdirSync(tmpdir()).filter((name) => /^(dbf-|db-failover-)/.test(name));
  return { processes, namespaces, mounts, directories };
}
