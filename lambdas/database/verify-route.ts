/**
 * Verify route: whoever connects as applications do must reach the server that was promoted, writable, under this
 * epoch (invariant 4). Moves of addresses are asynchronous, so it tries until a deadline.
 *
 * @module
 */
import * as z from 'zod';
import { findNode } from '../../lib/core/config.ts';
import { messageOf } from '../../lib/core/errors.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import { holdCluster, journal, promotionSchema, stepOf } from '../step.ts';
import { withServer, type DatabaseContext } from './context.ts';

const inputSchema = promotionSchema.extend({ route: z.enum(['vip', 'dns']) });

const WITHIN_MS = 8_000;
const TRY_EVERY_MS = 50;
/** A packet that fell into the gap is lost: rather try again than wait for it. */
const CONNECT_TIMEOUT_MS = 500;

export const verifyRoute = stepOf(inputSchema, async (input, context: DatabaseContext) => {
  const [{ cluster }, events] = await Promise.all([
    holdCluster(context, input),
    context.state.journal(input.cluster, input.epoch),
  ]);
  const identity = lastEvent(events, 'promoted')?.identity;
  const host = input.route === 'vip' ? cluster.route.address : findNode(cluster, input.candidate).address;
  const untilMs = context.clock.now() + WITHIN_MS;
  let because: string;
  do {
    try {
      const seen = await withServer(
        context,
        cluster,
        { nodeId: input.candidate, through: host, timeoutMs: CONNECT_TIMEOUT_MS },
        (server) => server.observe(),
      );
      if (seen.identity === identity && !seen.readOnly && seen.epoch === input.epoch) {
        await journal(context, input, { code: 'route-verified', route: input.route, address: host, identity });
        return { outcome: 'verified', route: input.route };
      }
      because = `${host} leads to server ${seen.identity}, epoch ${seen.epoch}${seen.readOnly ? ', read-only' : ''}`;
    } catch (error) {
      because = messageOf(error);
    }
    await context.clock.sleep(TRY_EVERY_MS);
  } while (context.clock.now() < untilMs);
  await journal(context, input, { code: 'route-failed', route: input.route, because });
  return { outcome: 'lost', because };
});
