/**
 * Events up to the point where something is done: who asked, who agreed, what is planned.
 *
 * @module
 */
import * as z from 'zod';
import type { Vote } from '../observation.ts';
import { eventOf, valueOf } from './event-definition.ts';
import { askerOf, lossOf, planSchema, routeKindSchema, triggerSchema } from './facts.ts';

const voteSchema = valueOf<Vote>(
  'vote',
  z.looseObject({
    monitor: z.string(),
    primary: z.string(),
    verdict: z.string(),
    failure: z.string().nullable(),
    sinceMs: z.number().nullable(),
  }),
);

export const openingEvents = {
  opened: eventOf({
    meaning: 'The execution took the lock for the next epoch. Nobody else may change the cluster from here on.',
    writtenBy: ['Open'],
    weight: 'step',
    fields: z.object({
      mode: z.literal('failover').describe('What kind of change it is.'),
      trigger: triggerSchema.describe(
        'Why it was asked for: by a monitor, by a person and for which reason, by an event of EC2, or by an alarm.',
      ),
      oldPrimary: z.string().describe('The primary that is to be replaced.'),
      instanceState: z.string().describe('What EC2 said of its instance; `not asked` when monitors started it.'),
      force: z.boolean().describe('An operator wants nobody to be asked whether the primary is gone.'),
      dismissed: z
        .string()
        .nullable()
        .describe('The server that an earlier change was about to open, cleared by the operator; null: none.'),
    }),
    example: {
      mode: 'failover',
      trigger: { kind: 'operator', name: 'kim', reason: 'kernel bug on db-1' },
      oldPrimary: 'db-1',
      instanceState: 'running',
      force: true,
      dismissed: null,
    },
    sentence: ({ epoch, oldPrimary, trigger, instanceState, force, dismissed }) =>
      [
        `epoch ${epoch} opened to replace ${oldPrimary}, asked for by ${askerOf(trigger)}`,
        ...(trigger.kind === 'monitor' ? [] : [`EC2 says of its instance: ${instanceState}`]),
        ...(force ? ['forced: nobody is asked whether it is gone'] : []),
        ...(dismissed === null ? [] : [`${dismissed}, which an earlier change was about to open, is cleared`]),
      ].join('; '),
  }),

  confirmed: eventOf({
    meaning: "The old primary counts as gone: by votes and replicas, by EC2's word, or because an operator forced it.",
    writtenBy: ['Confirm'],
    weight: 'step',
    fields: z.object({
      because: z.string().describe('What decided.'),
      loss: z
        .enum(['dead', 'stalled', 'restarted'])
        .optional()
        .describe('What the monitors agreed on; missing where they were not what decided.'),
      votes: z
        .array(voteSchema)
        .describe('The latest vote of each monitor on the old primary, with when it was first missed.'),
    }),
    example: { because: 'monitors b, c of 3 miss db-1, and no replica hears it', votes: [] },
    sentence: ({ because }) => `confirmed: ${because}`,
  }),

  reopening: eventOf({
    meaning:
      'The primary was started again and is made the primary anew: nobody is promoted in its place, nothing is stopped, and the address stays.',
    writtenBy: ['Plan'],
    weight: 'step',
    fields: z.object({
      nodeId: z.string().describe('The primary.'),
      because: z.string().describe('Why it is reopened rather than replaced.'),
      route: routeKindSchema.describe('By which way clients are led to it, as before.'),
    }),
    example: { nodeId: 'db-1', route: 'vip', because: 'db-1 was started again and has all that its replicas received' },
    sentence: ({ nodeId, because }) => `planned: open ${nodeId} again; ${because}`,
  }),

  planned: eventOf({
    meaning: 'Everything that is going to be done, written down before any of it is.',
    writtenBy: ['Plan'],
    weight: 'step',
    fields: z.object({ plan: planSchema.describe('Who is promoted, who follows, and how clients are led there.') }),
    example: {
      plan: {
        epoch: 2,
        oldPrimary: 'db-1',
        candidate: 'db-2',
        losers: [{ nodeId: 'db-3', code: 'name', because: 'db-3 is as good as db-2; the name decides' }],
        repoint: ['db-3'],
        route: { type: 'secondaryPrivateIp', address: '10.0.1.100', fallbackRecord: 'orders.db.example.internal' },
        possibleLoss: 0,
      },
    },
    sentence: ({ plan, atMs }) =>
      [
        `planned: promote ${plan.candidate}, lead ${plan.route.address} to it, let ${plan.repoint.join(', ') || 'nobody'} follow it`,
        lossOf(plan, atMs),
        ...plan.losers.map((loser) => loser.because),
        ...(plan.caveats ?? []),
      ].join('; '),
  }),
};
