/**
 * The two connections that a monitor keeps to one server: it reads over one and writes over the other, so that a write
 * that hangs keeps nothing from being seen.
 *
 * @module
 */
import type { ClusterConfig, NodeConfig } from '../../lib/core/config.ts';
import type { NodeObservation } from '../../lib/core/observation.ts';
import type { Heartbeat } from '../../lib/ports/database.ts';
import { accountOf } from '../account.ts';
import { databaseTarget } from '../database-target.ts';
import type { MonitorContext } from './context.ts';
import { keptConnection } from './kept-connection.ts';
import { readLine } from './read-line.ts';
import { writeLine, type Write } from './write-line.ts';

export interface Lines {
  observe(): Promise<NodeObservation>;
  beat(heartbeat: Heartbeat): Promise<Write>;
  close(): Promise<void>;
}

const INHERITED: Write = {
  ok: false,
  failure: 'timeout',
  detail: 'a write of an invocation before is still not committed',
};

/** @param onEnded called when a connection that worked has ended by itself */
export function linesTo(node: NodeConfig, cluster: ClusterConfig, context: MonitorContext, onEnded: () => void): Lines {
  const { clock, databases, secrets } = context;
  const { timeoutMs, connectTimeoutMs = timeoutMs, writeTimeoutMs = timeoutMs } = cluster.detection;
  const account = accountOf(secrets, cluster.secrets.monitor, clock);
  const connectionFor = (statementTimeoutMs: number) =>
    keptConnection(
      () =>
        account.connect((credentials) =>
          databases.connect(
            databaseTarget(cluster, node, { credentials, connectTimeoutMs, timeoutMs: statementTimeoutMs }),
          ),
        ),
      onEnded,
    );
  const reading = readLine(connectionFor(timeoutMs));
  const writing = writeLine(connectionFor(writeTimeoutMs), clock, {
    overdueAfterMs: writeTimeoutMs,
    roundMs: timeoutMs,
  });

  let beganToWrite = false;

  /** Asks the server, which answers, whether it is still at work on a beat that is overdue. */
  const settleOverdue = async (): Promise<void> => {
    const session = writing.overdueSession;
    if (session === null) return;
    const isBusy = await reading.use((server) => server.isBusy(session));
    if (isBusy.ok && !isBusy.value) await writing.giveUp(session);
  };

  return {
    async observe() {
      const seen = await reading.use((server) => server.observe());
      const atMs = clock.now();
      if (!seen.ok) return { nodeId: node.id, atMs, reachable: false, failure: seen.failure, detail: seen.detail };
      await settleOverdue();
      return { nodeId: node.id, atMs, reachable: true, server: seen.value };
    },
    async beat(heartbeat) {
      if (!beganToWrite) {
        // An invocation that ended while a beat hung has left it to the server: who comes after must not add another.
        const left = await reading.use((server) => server.beatsUnderWay(heartbeat.monitor));
        if (left.ok && left.value > 0) return INHERITED;
        beganToWrite = true;
      }
      return await writing.beat(heartbeat);
    },
    async close() {
      await Promise.all([reading.close(), writing.close()]);
    },
  };
}
