/**
 * What `doctor --fix` makes: what is missing, and safe to make. It takes nothing away and changes no password.
 *
 * @module
 */
import { FAILOVER_TABLES } from '../core/readiness/account-sight.ts';
import { ACCOUNT_ROLES, missingPrivileges, needsOf } from '../core/readiness/privileges.ts';
import type { Administration, Repair } from '../ports/administration.ts';
import type { Examination } from './examine-servers.ts';

/** In the order to run them: a grant on a table needs the table. All of it is for the primary; replicas receive it. */
export function repairsFor(
  administration: Administration,
  examination: Examination,
  primary: string,
): readonly Repair[] {
  const { cluster, nodes, credentials } = examination;
  const accounts = nodes.find(({ node }) => node.id === primary)?.accounts;
  if (accounts === undefined) return [];
  const tables = ACCOUNT_ROLES.flatMap((role) => {
    const seen = accounts[role];
    return seen?.ok === true ? Object.keys(seen.value.tables) : [];
  });
  const hasSchema = Object.keys(FAILOVER_TABLES).every((table) => tables.includes(table));
  const forAccounts = ACCOUNT_ROLES.flatMap((role) => {
    const [secret, seen] = [credentials[role], accounts[role]];
    if (!secret.ok || seen === null) return [];
    if (seen.ok) {
      const missing = missingPrivileges(cluster.engine, role, seen.value.grants);
      return administration.accountRepairs({ role, credentials: secret.value, account: seen.value.account, missing });
    }
    // What does not answer, or is not trusted, can't be told to lack an account.
    if (seen.failure !== 'denied') return [];
    const missing = needsOf(cluster.engine, role);
    return administration.accountRepairs({ role, credentials: secret.value, account: null, missing });
  });
  return [...(hasSchema ? [] : administration.schemaRepairs()), ...forAccounts];
}
