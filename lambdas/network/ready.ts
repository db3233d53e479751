/**
 * Ready: looks at the primary's interface, from which a failover takes the address, and changes nothing. It keeps the
 * function warm.
 *
 * @module
 */
import * as z from 'zod';
import { lookAtPrimaries } from '../primaries.ts';
import { stepOf } from '../step.ts';
import type { NetworkContext } from './context.ts';

export const ready = stepOf(z.object({}), async (_input, context: NetworkContext) => ({
  outcome: 'ready',
  seen: await lookAtPrimaries(context, async ({ networkInterfaceId }) => {
    const { addresses } = await context.network.interface(networkInterfaceId);
    return { addresses };
  }),
}));
