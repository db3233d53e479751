/**
 * Prove fence: judges the evidence that is journalled under this epoch. Waits a little for more, as other branches are
 * gathering it; the state machine asks again until the deadline.
 *
 * While the journal holds no proof, the votes are read too: that the old primary is dead may show in them meanwhile. What
 * they say is journalled as evidence once it suffices, before the proof; or when all is given up, so that the journal
 * tells what was lacking.
 *
 * A reopening that broke off may still open the old primary by a statement that is on its way: then nothing proves it but
 * its instance, stopped.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import { FenceNotYetProven, FenceUnproven } from '../../lib/core/errors.ts';
import { lastEvent, type JournalEvent } from '../../lib/core/journal.ts';
import { fenceEvidenceSchema, judgeFence, type FenceEvidence } from '../../lib/core/proofs.ts';
import { deathEvidence } from '../../lib/core/proofs/death-evidence.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import { fencingSchema, holdCluster, journal, stepOf, type Fencing } from '../step.ts';
import type { DatabaseContext } from './context.ts';
import { isReopened } from './election.ts';
import { knownOfOldPrimary } from './old-primary.ts';

/** How long one call waits, in milliseconds. */
const WAIT_MS = 3_000;
/** How often it looks, in milliseconds: often while a fast proof may come, and less when EC2 is awaited. */
const LOOK_EVERY_MS = { atFirst: 100, later: 500 };
const FAST_WITHIN_MS = 4_000;

export const prove = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const { cluster, state } = await holdCluster(context, input);
  const untilMs = context.clock.now() + WAIT_MS;
  for (;;) {
    const events = await context.state.journal(input.cluster, input.epoch);
    const proven = lastEvent(events, 'fence-proven');
    if (proven !== undefined) return { outcome: 'proven', proof: proven.proof, because: proven.because };

    const onlyStopped = isReopened(state, input.oldPrimary);
    const gathered = evidenceIn(events).filter(({ kind }) => !onlyStopped || kind === 'instance-stopped');
    let judgement = judgeFence(gathered, cluster.fence);
    let death: FenceEvidence | null = null;
    if (!judgement.sufficient && !onlyStopped) {
      death = await lookForDeath(context, input, { cluster, state, events });
      judgement = judgeFence([...gathered, death], cluster.fence);
      if (judgement.sufficient) await journal(context, input, { code: 'fence-evidence', evidence: death });
    }
    if (judgement.sufficient) {
      const { proof, because } = judgement;
      await journal(context, input, { code: 'fence-proven', proof, because });
      return { outcome: 'proven', proof, because };
    }
    const nowMs = context.clock.now();
    const openedAtMs = lastEvent(events, 'opened')?.atMs ?? nowMs;
    if (nowMs - openedAtMs > cluster.fence.deadlineSeconds * 1_000) {
      if (death !== null) await journal(context, input, { code: 'fence-evidence', evidence: death });
      await journal(context, input, { code: 'fence-unproven', because: judgement.because });
      throw new FenceUnproven(
        `no sufficient proof within ${cluster.fence.deadlineSeconds} s that ${input.oldPrimary} is fenced: ${judgement.because}`,
      );
    }
    if (nowMs >= untilMs) throw new FenceNotYetProven(judgement.because);
    await context.clock.sleep(nowMs - openedAtMs < FAST_WITHIN_MS ? LOOK_EVERY_MS.atFirst : LOOK_EVERY_MS.later);
  }
});

/** Evidence that this version understands; any other proves nothing. */
function evidenceIn(events: readonly JournalEvent[]): readonly FenceEvidence[] {
  return events.flatMap((event) => {
    if (event.code !== 'fence-evidence') return [];
    const evidence = fenceEvidenceSchema.safeParse(event.evidence);
    // A reopening of the same epoch proves nothing to a failover.
    return evidence.success && evidence.data.kind !== 'same-server' ? [evidence.data] : [];
  });
}

async function lookForDeath(
  context: DatabaseContext,
  input: Fencing,
  known: { readonly cluster: ClusterConfig; readonly state: ClusterState; readonly events: readonly JournalEvent[] },
): Promise<FenceEvidence> {
  const votes = await context.state.votes(input.cluster);
  const confirmed = lastEvent(known.events, 'confirmed');
  return deathEvidence({
    cluster: known.cluster,
    monitors: context.config.monitors,
    // The votes that called for this change were cast under the epoch before it.
    state: { epoch: input.epoch - 1, primary: input.oldPrimary },
    votes,
    confirmed: confirmed ?? null,
    bootsReadOnly: knownOfOldPrimary(input.oldPrimary, { ...known, votes }).bootsReadOnly,
    nowMs: context.clock.now(),
  });
}
