import { describe, expect, it } from 'vitest';
import { accountGrants } from '../../../lib/adapters/mysql/index.ts';
import { FAILOVER_TABLES } from '../../../lib/core/readiness/account-sight.ts';
import { isGranted } from '../../../lib/core/readiness/grants.ts';
import { ACCOUNT_ROLES, missingPrivileges, needsOf } from '../../../lib/core/readiness/privileges.ts';
import { grantLines, schemaColumns } from './sights.ts';

describe('a privilege is granted', () => {
  it.each<[boolean, string, string, string]>([
    [true, 'GRANT SELECT, INSERT ON `failover`.`epoch`', 'INSERT', 'failover.epoch'],
    [true, 'GRANT ALL PRIVILEGES ON *.*', 'READ_ONLY ADMIN', '*.*'],
    [true, 'GRANT ALL PRIVILEGES ON `failover`.*', 'SELECT', 'failover.epoch'],
    [true, 'GRANT SELECT ON *.*', 'SELECT', 'mysql.*'],
    [true, 'GRANT SELECT ON `fail%`.*', 'SELECT', 'failover.heartbeat'],
    [true, 'GRANT SELECT ON `fail_ver`.*', 'SELECT', 'failover.heartbeat'],
    [true, 'GRANT READ_ONLY ADMIN, PROCESS ON *.*', 'READ_ONLY ADMIN', '*.*'],
    [true, 'GRANT CONNECTION_ADMIN,SYSTEM_USER ON *.*', 'SYSTEM_USER', '*.*'],
    [false, 'GRANT SELECT ON `fail\\_ver`.*', 'SELECT', 'failover.heartbeat'],
    [false, 'GRANT SELECT ON `failover`.`heartbeat`', 'SELECT', 'failover.epoch'],
    [false, 'GRANT SELECT ON `failover`.*', 'SELECT', '*.*'],
    [false, 'GRANT SELECT (`epoch`, `identity`) ON `failover`.`epoch`', 'SELECT', 'failover.epoch'],
    [false, 'GRANT `boss`', 'SELECT', 'failover.epoch'],
    [false, 'GRANT USAGE ON *.*', 'SELECT', 'failover.epoch'],
    [false, 'something of a later version', 'SELECT', 'failover.epoch'],
  ])('%s: %s gives %s ON %s', (expected, line, privilege, on) => {
    expect(isGranted([line], privilege, on)).toBe(expected);
  });
});

describe.each(['mariadb', 'mysql'] as const)('what each account of %s needs', (engine) => {
  it.each(ACCOUNT_ROLES)('is what the documented grants give, no more and no less: %s', (role) => {
    expect(missingPrivileges(engine, role, grantLines(engine, role))).toEqual([]);
    const granted = accountGrants(engine)[role].flatMap((grant) => {
      const [privileges = '', on = ''] = grant.split(' ON ');
      return privileges.split(', ').map((privilege) => `${privilege} ON ${on}`);
    });
    expect(granted.sort()).toEqual(
      needsOf(engine, role)
        .map(({ privilege, on }) => `${privilege} ON ${on}`)
        .sort(),
    );
  });
});

it('the tables that are looked for are those of the documented schema', () => {
  expect(schemaColumns()).toEqual(FAILOVER_TABLES);
});
