/**
 * Fall back to DNS: the record of the cluster holds the new primary's own address, as the VIP could not be moved.
 *
 * @module
 */
import { findNode } from '../../lib/core/config.ts';
import { InvalidInput } from '../../lib/core/errors.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import { holdCluster, journal, promotionSchema, stepOf } from '../step.ts';
import { tell } from '../tell.ts';
import type { NetworkContext } from './context.ts';

export const pointRecord = stepOf(promotionSchema, async (input, context: NetworkContext) => {
  const { cluster } = await holdCluster(context, input);
  const events = await context.state.journal(input.cluster, input.epoch);
  if (lastEvent(events, 'promoted')?.candidate !== input.candidate) {
    throw new InvalidInput(
      `candidate: received ${input.candidate}, which was not promoted under epoch ${input.epoch}; the record stays`,
    );
  }
  const { address } = findNode(cluster, input.candidate);
  const { hostedZoneId, recordName, ttlSeconds } = cluster.dns;
  await context.dns.point(hostedZoneId, recordName, ttlSeconds, address);
  await journal(context, input, { code: 'record-changed', recordName, address });
  await tell(
    context,
    `${input.cluster}: the VIP could not be moved`,
    `${recordName} now holds ${address} (${input.candidate}), TTL ${ttlSeconds} s. Applications that use ${cluster.route.address} directly don't reach the new primary: move the address by hand.`,
  );
  return { outcome: 'pointed', recordName, address };
});
