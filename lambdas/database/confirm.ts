/**
 * Confirm: is the primary really gone? Votes of monitors, replicas asked just now, EC2's word, and, after an event of
 * EC2, a look at the primary itself. What may still come is looked for again for a moment; then the machine asks EC2 anew
 * and comes back.
 *
 * @module
 */
import * as z from 'zod';
import { findCluster, type ClusterConfig } from '../../lib/core/config.ts';
import { judgeConfirmation, type Confirmation } from '../../lib/core/confirmation.ts';
import type { EventOf } from '../../lib/core/journal.ts';
import { agreeOnLoss } from '../../lib/core/quorum.ts';
import { fencingSchema, holdCluster, journal, stepOf } from '../step.ts';
import { lookAt, othersThan, votesOn, type DatabaseContext } from './context.ts';

const inputSchema = fencingSchema.extend({
  /** As EC2 gave it just before this step; -1 when it could not be asked. */
  instanceStateCode: z.int(),
  /** An operator takes the word of nobody. The journal says so. */
  force: z.boolean(),
});
type Input = z.output<typeof inputSchema>;

/** How often it looks again, in milliseconds. */
const AGAIN_AFTER_MS = 250;
/** EC2's word is not believed for longer than this, and the time of one look; in milliseconds. */
const WORD_COUNTS_MS = 1_500;

export const confirm = stepOf(inputSchema, async (input, context: DatabaseContext) => {
  const { clock, config, state } = context;
  const cluster = findCluster(config, input.cluster);
  const startedAtMs = clock.now();
  const opened = openingOf(input, context);
  for (;;) {
    const [, opening, { votes, readAtMs }, live, onPrimary] = await Promise.all([
      holdCluster(context, input),
      opened,
      // They are judged as of now: a look at a replica that died with the primary takes longer than a vote lives.
      state.votes(input.cluster).then((votes) => ({ votes, readAtMs: clock.now() })),
      lookAt(context, cluster, othersThan(cluster, input.oldPrimary), cluster.detection.timeoutMs),
      opened.then((each) => (each?.trigger.kind === 'ec2-event' ? lookAtPrimary(input, cluster, context) : null)),
    ]);
    const nowMs = clock.now();
    const agreement = agreeOnLoss({
      cluster,
      monitors: config.monitors,
      // The votes that called for this change were cast under the epoch before it.
      state: { epoch: input.epoch - 1, primary: input.oldPrimary },
      votes,
      live,
      nowMs: readAtMs,
    });
    const { decision, because } = judgeConfirmation({
      primary: input.oldPrimary,
      trigger: opening?.trigger.kind ?? 'operator',
      force: input.force,
      instanceStateCode: input.instanceStateCode,
      seen: onPrimary,
      agreement,
      waitedMs: nowMs - (opening?.atMs ?? nowMs),
    });
    if (decision === 'confirmed') {
      // What they agreed on counts where they are who decided: an operator who forces a failover wants one.
      const loss = agreement.agreed && because === agreement.because ? agreement.loss : undefined;
      const onOldPrimary = votesOn(votes, input.oldPrimary);
      await journal(context, input, { code: 'confirmed', because, loss, votes: onOldPrimary });
    }
    if (decision !== 'wait' || nowMs - startedAtMs >= WORD_COUNTS_MS) return { outcome: OUTCOMES[decision], because };
    await clock.sleep(AGAIN_AFTER_MS);
  }
});

const OUTCOMES: Readonly<Record<Confirmation['decision'], string>> = {
  confirmed: 'confirmed',
  wait: 'waiting',
  'not-confirmed': 'not-confirmed',
};

/** Who asked for this change, and when it was opened. */
async function openingOf(input: Input, { state }: DatabaseContext): Promise<EventOf<'opened'> | undefined> {
  const events = await state.journal(input.cluster, input.epoch);
  return events.find(
    (event): event is EventOf<'opened'> => event.code === 'opened' && event.execution === input.execution,
  );
}

async function lookAtPrimary({ oldPrimary }: Input, cluster: ClusterConfig, context: DatabaseContext) {
  const nodes = cluster.nodes.filter((node) => node.id === oldPrimary);
  const [seen = null] = await lookAt(context, cluster, nodes);
  return seen;
}
