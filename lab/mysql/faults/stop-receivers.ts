/**
 * Replicas that receive nothing more, as after an operator's `STOP REPLICA IO_THREAD`: they live and answer, and
 * acknowledge nothing to their source.
 *
 * @module
 */
import type { LabServer } from '../lab-server.ts';
import type { Undo } from './undo.ts';

const STATEMENT_TIMEOUT_MS = 10_000;

export async function stopReceivers(replicas: readonly LabServer[]): Promise<Undo> {
  await onEach(replicas, 'STOP REPLICA IO_THREAD');
  return () => onEach(replicas, 'START REPLICA IO_THREAD');
}

async function onEach(servers: readonly LabServer[], sql: string): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      const connection = await server.adminConnect();
      try {
        await connection.query({ sql, timeout: STATEMENT_TIMEOUT_MS });
      } finally {
        connection.destroy();
      }
    }),
  );
}
