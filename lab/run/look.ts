/**
 * A look at a server from outside, without the deployed system: what it answers is what is so.
 *
 * @module
 */
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import { messageOf } from '../../lib/core/errors.ts';
import type { NodeObservation } from '../../lib/core/observation.ts';
import type { Lab } from './lab.ts';
import * as topology from './topology.ts';

/** Asks whoever answers at an address, as operator. */
export async function look(lab: Pick<Lab, 'cluster'>, nodeId: string, host: string): Promise<NodeObservation> {
  try {
    const server = await mysqlDatabases().connect({
      nodeId,
      engine: lab.cluster.engine,
      host,
      port: lab.cluster.port,
      credentials: topology.ACCOUNTS.operator,
      tls: { mode: 'off' },
      timeoutMs: 2_000,
    });
    try {
      return { nodeId, atMs: Date.now(), reachable: true, server: await server.observe() };
    } finally {
      await server.close();
    }
  } catch (error) {
    return { nodeId, atMs: Date.now(), reachable: false, failure: 'unreachable', detail: messageOf(error) };
  }
}
