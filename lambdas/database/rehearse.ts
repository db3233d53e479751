/**
 * Rehearse: what a failover would meet on the servers, asked of the servers as a failover reaches them. It keeps the
 * function warm by the way, with its code compiled and its secrets at hand, and changes nothing.
 *
 * @module
 */
import { examineServers, type ServerAccess } from '../../lib/operator/examine-servers.ts';
import type { Inspector } from '../../lib/ports/rehearsal.ts';
import { databaseTarget } from '../database-target.ts';
import { rehearsalOf } from '../rehearse.ts';
import { SERVER_TIMEOUT_MS, type DatabaseContext } from './context.ts';

export interface DatabaseRehearsalContext extends DatabaseContext {
  readonly inspector: Inspector;
}

/** A dead server holds up its cluster for four timeouts. */
const PACE = { atOnce: 10, beginWithinMs: 35_000 };

export const rehearse = rehearsalOf(PACE, async (context: DatabaseRehearsalContext, cluster, record) => {
  const { databases, inspector, secrets, clock } = context;
  const target: ServerAccess['target'] = (of, node, credentials) =>
    databaseTarget(of, node, { credentials, timeoutMs: SERVER_TIMEOUT_MS });
  return (await examineServers({ databases, inspector, secrets, clock, target }, cluster, record)).findings;
});
