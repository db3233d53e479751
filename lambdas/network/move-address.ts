/**
 * Move address: the VIP goes to the interface of the new primary. Read back by exact address, as filters match
 * prefixes in places; whether it leads there is proven by the next step, through the VIP itself.
 *
 * @module
 */
import { findNode } from '../../lib/core/config.ts';
import { InvalidInput, RouteNotMoved } from '../../lib/core/errors.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import { journallingFailure } from '../journal-failure.ts';
import { holdCluster, journal, promotionSchema, stepOf } from '../step.ts';
import type { NetworkContext } from './context.ts';

const READ_BACK_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 200;

export const moveAddress = stepOf(promotionSchema, async (input, context: NetworkContext) => {
  const [{ cluster }, events] = await Promise.all([
    holdCluster(context, input),
    context.state.journal(input.cluster, input.epoch),
  ]);
  if (lastEvent(events, 'promoted')?.candidate !== input.candidate) {
    throw new InvalidInput(
      `candidate: received ${input.candidate}, which was not promoted under epoch ${input.epoch}; the route stays`,
    );
  }
  const { networkInterfaceId } = findNode(cluster, input.candidate);
  const { address } = cluster.route;
  const tookMs = await journallingFailure(
    context,
    input,
    (because) => ({ code: 'route-failed', route: 'vip', because }),
    () => assign(context, networkInterfaceId, address),
  );
  await journal(context, input, { code: 'address-moved', address, networkInterfaceId, tookMs });
  return { outcome: 'moved', tookMs };
});

/** How long it took until EC2 showed the address there, in milliseconds. Throws `RouteNotMoved` when it does not. */
async function assign({ network, clock }: NetworkContext, networkInterfaceId: string, address: string) {
  const startedAtMs = clock.now();
  await network.assignAddress(networkInterfaceId, address);
  while (!(await network.interface(networkInterfaceId)).addresses.includes(address)) {
    if (clock.now() - startedAtMs > READ_BACK_WITHIN_MS) {
      throw new RouteNotMoved(
        `${networkInterfaceId} does not have ${address} ${READ_BACK_WITHIN_MS / 1_000} s after it was assigned`,
      );
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
  return clock.now() - startedAtMs;
}
