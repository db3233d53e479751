import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { accountGrants, failoverSchema } from '../../lib/adapters/mysql/index.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

function printed(...args: readonly string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'scripts/print-setup-sql.ts', ...args], {
    cwd: repository,
    encoding: 'utf8',
    timeout: 30_000,
  });
}

describe('the SQL that prepares a cluster', () => {
  it.each(['mariadb', 'mysql'] as const)(
    'makes the schema and each account of %s, with what it is granted',
    (engine) => {
      const { status, stdout } = printed(engine);
      const { monitor, operator, replication } = accountGrants(engine);
      const account = (name: string, grants: readonly string[]) => [
        `CREATE USER 'failover_${name}'@'%' IDENTIFIED BY '<password of ${name}>'`,
        ...grants.map((grant) => `GRANT ${grant} TO 'failover_${name}'@'%'`),
      ];
      const [comment, ...statements] = [
        '-- Run once on the primary. Put your own passwords, and the same into Secrets Manager.',
        ...failoverSchema(),
        ...account('monitor', monitor),
        ...account('operator', operator),
        ...account('replication', replication),
      ];
      expect(stdout).toBe(`${comment}\n${statements.map((statement) => `${statement};\n`).join('')}`);
      expect(status).toBe(0);
    },
  );

  it.each([['oracle'], []])('is not printed for an engine that it does not know', (...args) => {
    const { status, stdout, stderr } = printed(...args);
    expect(stderr).toContain('engine: received');
    expect(stderr).toContain('use mariadb or mysql');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});
