/**
 * Prints the SQL that prepares a cluster: the schema of the heartbeat and the epoch, and three accounts with what they
 * need. Tests run with these very statements.
 *
 * @module
 */
import { accountGrants, failoverSchema } from '../lib/adapters/mysql/index.ts';

const [engine] = process.argv.slice(2);
if (engine !== 'mariadb' && engine !== 'mysql') {
  console.error(`engine: received ${JSON.stringify(engine) ?? 'nothing'}; use mariadb or mysql`);
  process.exit(2);
}

const lines = [
  '-- Run once on the primary. Put your own passwords, and the same into Secrets Manager.',
  ...failoverSchema(),
];
for (const [name, grants] of Object.entries(accountGrants(engine))) {
  const account = `'failover_${name}'@'%'`;
  lines.push(`CREATE USER ${account} IDENTIFIED BY '<password of ${name}>'`);
  lines.push(...grants.map((grant: string) => `GRANT ${grant} TO ${account}`));
}
console.log(lines.map((line) => (line.startsWith('--') ? line : `${line};`)).join('\n'));
