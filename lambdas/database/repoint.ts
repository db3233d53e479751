/**
 * Repoint: the other replicas follow the new primary. Until one does, a semi-sync primary acknowledges nothing, so
 * this runs beside the move of the route. A replica that can't be repointed halts nothing; people are told.
 *
 * @module
 */
import { findNode } from '../../lib/core/config.ts';
import { messageOf, StaleActor } from '../../lib/core/errors.ts';
import { NET_TIMEOUT_SECONDS } from '../../lib/core/readiness/setup-findings.ts';
import { HEARTBEAT_PERIOD_MS } from '../../lib/core/veto.ts';
import { holdCluster, journal, promotionSchema, stepOf } from '../step.ts';
import { othersThan, withServer, type DatabaseContext } from './context.ts';

/** Longest time for one replica, with all tries, in milliseconds. */
const WITHIN_MS = 8_000;
const TIMEOUT_MS = 8_000;

export const repoint = stepOf(promotionSchema, async (input, context: DatabaseContext) => {
  const { cluster } = await holdCluster(context, input);
  const source = {
    host: findNode(cluster, input.candidate).address,
    port: cluster.port,
    semiSync: cluster.semiSync === 'required',
    heartbeatPeriodMs: HEARTBEAT_PERIOD_MS,
    netTimeoutSeconds: NET_TIMEOUT_SECONDS,
  };
  const untilMs = context.clock.now() + WITHIN_MS;

  const repointOne = async (nodeId: string): Promise<string | null> => {
    for (;;) {
      try {
        // It tries for a while: who has lost the lock meanwhile repoints nobody any more.
        await holdCluster(context, input);
        const credentials = await context.secrets.credentials(cluster.secrets.replication);
        await withServer(context, cluster, { nodeId, timeoutMs: TIMEOUT_MS }, (server) =>
          server.replicateFrom({ ...source, credentials }),
        );
        await journal(context, input, { code: 'repointed', nodeId, source: input.candidate });
        return null;
      } catch (error) {
        if (error instanceof StaleActor) throw error;
        if (context.clock.now() >= untilMs) {
          await journal(context, input, { code: 'repoint-failed', nodeId, because: messageOf(error) });
          return nodeId;
        }
        await context.clock.sleep(500);
      }
    }
  };
  const others = othersThan(cluster, input.oldPrimary, input.candidate);
  const failed = (await Promise.all(others.map((node) => repointOne(node.id)))).filter((each) => each !== null);
  return { outcome: 'repointed', failed };
});
