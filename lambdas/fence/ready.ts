/**
 * Ready: looks at the primary's instance and interfaces as the fence would, and changes nothing. It keeps the function
 * warm.
 *
 * @module
 */
import * as z from 'zod';
import { lookAtPrimaries } from '../primaries.ts';
import { stepOf } from '../step.ts';
import type { FenceContext } from './context.ts';

export const ready = stepOf(z.object({}), async (_input, context: FenceContext) => ({
  outcome: 'ready',
  seen: await lookAtPrimaries(context, async ({ instanceId }) => {
    const [{ stateName }, interfaces] = await Promise.all([
      context.network.instance(instanceId),
      context.network.interfacesOf(instanceId),
    ]);
    return { instance: stateName, interfaces: interfaces.map((each) => each.id) };
  }),
}));
