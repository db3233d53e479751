/**
 * Events with which a change ends. A change that none of them ends was broken off.
 *
 * @module
 */
import * as z from 'zod';
import { eventOf } from './event-definition.ts';
import { secondsOf, summarySchema } from './facts.ts';

export const endingEvents = {
  closed: eventOf({
    meaning: 'The change was carried out, and the lock is released. The fence may go on.',
    writtenBy: ['Close'],
    weight: 'milestone',
    fields: z.object({ summary: summarySchema.describe('What people are told of the change.') }),
    example: {
      summary: {
        cluster: 'orders',
        epoch: 2,
        trigger: { kind: 'monitor', monitor: 'b', epoch: 1 },
        oldPrimary: 'db-1',
        newPrimary: 'db-2',
        route: 'vip',
        proof: 'acks-revoked',
        possibleLoss: 0,
        startedAtMs: 1_800_000_000_000,
        endedAtMs: 1_800_000_001_200,
        outageMs: 4_012,
      },
    },
    sentence: ({ summary }) =>
      `closed: ${summary.newPrimary} is the primary, after an outage of ${secondsOf(summary.outageMs)}`,
  }),

  'stood-down': eventOf({
    meaning: 'Nothing was changed: the primary was not confirmed gone, or looking failed before anything was done.',
    writtenBy: ['Stand down', 'Stand down after an error'],
    weight: 'milestone',
    fields: z.object({ because: z.string().describe('What kept it from going on.') }),
    example: { because: '1 of 3 monitors miss db-1, 2 are needed (a: alive, b: dead, c: no fresh vote)' },
    sentence: ({ because }) => `stood down: ${because}`,
  }),

  halted: eventOf({
    meaning: 'Unclear, or failed half-way. Nothing more is changed until a person has decided.',
    writtenBy: ['Halt', 'Open'],
    weight: 'trouble',
    fields: z.object({
      at: z.string().describe('The error; `UnfinishedChange` when the execution ended without an end of its own.'),
      because: z.string().describe('What is known of it.'),
    }),
    example: { at: 'FenceUnproven', because: 'no sufficient proof within 60 s that db-1 is fenced' },
    sentence: ({ at, because }) => `halted by ${at}: ${because}`,
  }),
};
