import { describe, expect, it } from 'vitest';
import { accountGrants, failoverSchema } from '../../../lib/adapters/mysql/index.ts';

describe.each(['mariadb', 'mysql'] as const)('accounts on %s', (engine) => {
  const grants = accountGrants(engine);

  it('hold neither SUPER nor everything', () => {
    for (const grant of Object.values(grants).flat()) expect(grant).not.toMatch(/\b(SUPER|ALL)\b/);
  });

  it('let the monitor write heartbeats and nothing else', () => {
    const writing = grants.monitor.filter((grant) => /\b(INSERT|UPDATE|DELETE)\b/.test(grant));
    expect(writing).toEqual(['SELECT, INSERT, UPDATE ON failover.heartbeat']);
  });

  it('let replication do nothing but replicate', () => {
    expect(grants.replication).toEqual(['REPLICATION SLAVE ON *.*']);
  });
});

it('the schema may be run again', () => {
  for (const statement of failoverSchema()) expect(statement).toMatch(/^CREATE (DATABASE|TABLE) IF NOT EXISTS /);
});
