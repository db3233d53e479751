/**
 * Prove fence: judges the evidence that is journalled under this epoch. Waits a little for more, as other branches are
 * gathering it; the state machine asks again until the deadline.
 *
 * @module
 */
import { FenceNotYetProven, FenceUnproven } from '../../lib/core/errors.ts';
import { lastEvent } from '../../lib/core/journal.ts';
import { judgeFence } from '../../lib/core/proofs.ts';
import { fencingSchema, holdCluster, journal, stepOf } from '../step.ts';
import type { DatabaseContext } from './context.ts';

/** How long one call waits, and how often it looks, in milliseconds. */
const WAIT_MS = 3_000;
const LOOK_EVERY_MS = 100;

export const prove = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const { cluster } = await holdCluster(context, input);
  const untilMs = context.clock.now() + WAIT_MS;
  for (;;) {
    const events = await context.state.journal(input.cluster, input.epoch);
    const proven = lastEvent(events, 'fence-proven');
    if (proven !== undefined) return { outcome: 'proven', proof: proven.proof, because: proven.because };

    const evidence = events.flatMap((event) => (event.code === 'fence-evidence' ? [event.evidence] : []));
    const judgement = judgeFence(evidence, cluster.fence);
    if (judgement.sufficient) {
      const { proof, because } = judgement;
      await journal(context, input, { code: 'fence-proven', proof, because });
      return { outcome: 'proven', proof, because };
    }
    const nowMs = context.clock.now();
    const openedAtMs = lastEvent(events, 'opened')?.atMs ?? nowMs;
    if (nowMs - openedAtMs > cluster.fence.deadlineSeconds * 1_000) {
      await journal(context, input, { code: 'fence-unproven', because: judgement.because });
      throw new FenceUnproven(
        `no sufficient proof within ${cluster.fence.deadlineSeconds} s that ${input.oldPrimary} is fenced: ${judgement.because}`,
      );
    }
    if (nowMs >= untilMs) throw new FenceNotYetProven(judgement.because);
    await context.clock.sleep(LOOK_EVERY_MS);
  }
});
