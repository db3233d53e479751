/**
 * `Administration` on MySQL and MariaDB.
 *
 * @module
 */
import { escape } from 'mysql2';
import type { Administration, Repair } from '../../ports/administration.ts';
import { Connection } from './connection.ts';
import { failoverSchema } from './schema.ts';

export function mysqlAdministration(): Administration {
  return {
    schemaRepairs: () => failoverSchema().map((sql) => ({ sql: oneLine(sql), values: [] })),

    accountRepairs({ credentials, account, missing }) {
      const name = account === null ? accountName(credentials.username, '%') : matchedName(account);
      const create = { sql: `CREATE USER IF NOT EXISTS ${name} IDENTIFIED BY ?`, values: [credentials.password] };
      return [...(account === null ? [create] : []), ...grantsOf(name, missing)];
    },

    async connect(target) {
      const connection = await Connection.open(target);
      return {
        run: ({ sql, values }) => connection.execute(sql, values),
        close: async () => connection.close(),
      };
    },
  };
}

/** One statement for each thing that something is granted on. */
function grantsOf(name: string, missing: readonly { readonly privilege: string; readonly on: string }[]): Repair[] {
  const byTarget = new Map<string, string[]>();
  for (const { privilege, on } of missing) byTarget.set(on, [...(byTarget.get(on) ?? []), privilege]);
  return [...byTarget].map(([on, privileges]) => {
    return { sql: `GRANT ${privileges.join(', ')} ON ${on} TO ${name}`, values: [] };
  });
}

/** `user@host` of the server, whose host has no `@` in it. */
function matchedName(account: string): string {
  const at = account.lastIndexOf('@');
  return accountName(account.slice(0, at), account.slice(at + 1));
}

function accountName(user: string, host: string): string {
  return `${escape(user)}@${escape(host)}`;
}

function oneLine(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').trim();
}
