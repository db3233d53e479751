/**
 * Events of the new primary: elected for good, opened for writes, found by clients, followed by replicas.
 *
 * @module
 */
import * as z from 'zod';
import type { Election } from '../elect.ts';
import { eventOf, valueOf } from './event-definition.ts';
import { lossOf, routeKindSchema, secondsOf } from './facts.ts';

const candidate = z.string().describe('The node that becomes the primary.');
const identity = z.string().describe('Identity of its server: `server_uuid` on MySQL, `server_id` on MariaDB.');
const route = routeKindSchema.describe('By which way clients are led: the VIP, or the DNS record.');
const electionSchema = valueOf<Election>(
  'election',
  z.union([
    z.looseObject({
      elected: z.literal(true),
      possibleLoss: z.number().nullable(),
      lossAsOfMs: z.number().nullish(),
      caveats: z.array(z.string()),
    }),
    z.looseObject({ elected: z.literal(false), because: z.string() }),
  ]),
);

/** How a way to lead clients is called in sentences. */
export const ROUTE_WORDS = { vip: 'the VIP', dns: 'the DNS record' } as const;

export const promotionEvents = {
  settled: eventOf({
    meaning: 'Positions are final, the candidate has applied all that it received, and it may be opened from now on.',
    writtenBy: ['Settle'],
    weight: 'step',
    fields: z.object({
      candidate,
      election: electionSchema.describe('The election on final positions: winner, why the others lost, possible loss.'),
    }),
    example: {
      candidate: 'db-2',
      election: {
        elected: true,
        winner: 'db-2',
        received: '0-1-100',
        losers: [],
        possibleLoss: 0,
        lossAsOfMs: 1_800_000_000_000,
        caveats: [],
      },
    },
    sentence: ({ candidate: elected, election, atMs }) =>
      [
        `settled on ${elected}, which has applied all that it received`,
        ...(election.elected ? [lossOf(election, atMs), ...election.caveats] : [election.because]),
      ].join('; '),
  }),

  promoted: eventOf({
    meaning: 'The candidate is open for writes, and holds the new epoch: both were read back from it.',
    writtenBy: ['Promote'],
    weight: 'milestone',
    fields: z.object({ candidate, identity }),
    example: { candidate: 'db-2', identity: '2' },
    sentence: (event) => `promoted ${event.candidate} (server ${event.identity}): it is open for writes`,
  }),

  'address-moved': eventOf({
    meaning: "EC2 shows the address on the new primary's interface. Whether it leads there is verified next.",
    writtenBy: ['Move address'],
    weight: 'step',
    fields: z.object({
      address: z.string().describe('The address that applications use.'),
      networkInterfaceId: z.string().describe('The interface that has it now.'),
      tookMs: z.number().describe('From the request until it was read back, in milliseconds.'),
    }),
    example: { address: '10.0.1.100', networkInterfaceId: 'eni-2', tookMs: 40 },
    sentence: ({ address, networkInterfaceId, tookMs }) =>
      `${address} moved to ${networkInterfaceId} in ${secondsOf(tookMs)}`,
  }),

  'route-failed': eventOf({
    meaning: 'Clients could not be led to the new primary in this way. After the VIP the DNS record is tried.',
    writtenBy: ['Move address', 'Verify route', 'Verify new primary'],
    weight: 'trouble',
    fields: z.object({ route, because: z.string().describe('What was seen.') }),
    example: { route: 'vip', because: '10.0.1.100 leads to server 1, epoch 1' },
    sentence: (event) => `${ROUTE_WORDS[event.route]} does not lead there: ${event.because}`,
  }),

  'record-changed': eventOf({
    meaning: "The DNS record holds the new primary's own address, as the VIP could not be moved.",
    writtenBy: ['Fall back to DNS'],
    weight: 'trouble',
    fields: z.object({
      recordName: z.string().describe('The record.'),
      address: z.string().describe('The address that it holds now.'),
    }),
    example: { recordName: 'orders.db.example.internal', address: '10.0.1.12' },
    sentence: ({ recordName, address }) => `fell back to DNS: ${recordName} now holds ${address}`,
  }),

  'route-verified': eventOf({
    meaning: 'Who connects as clients do reaches the promoted server, writable, under the new epoch.',
    writtenBy: ['Verify route', 'Verify new primary'],
    weight: 'milestone',
    fields: z.object({ route, address: z.string().describe('Where it connected.'), identity }),
    example: { route: 'vip', address: '10.0.1.100', identity: '2' },
    sentence: (event) =>
      `verified: ${event.address} leads to server ${event.identity} (by ${ROUTE_WORDS[event.route]})`,
  }),

  repointed: eventOf({
    meaning: 'A replica follows the new primary.',
    writtenBy: ['Repoint'],
    weight: 'step',
    fields: z.object({
      nodeId: z.string().describe('The replica.'),
      source: z.string().describe('The node that it follows.'),
    }),
    example: { nodeId: 'db-3', source: 'db-2' },
    sentence: ({ nodeId, source }) => `${nodeId} follows ${source}`,
  }),

  'repoint-failed': eventOf({
    meaning: 'A replica could not be made to follow the new primary. The promotion stands; a person must repair it.',
    writtenBy: ['Repoint'],
    weight: 'trouble',
    fields: z.object({
      nodeId: z.string().describe('The replica.'),
      because: z.string().describe('The last failure.'),
    }),
    example: { nodeId: 'db-3', because: 'no answer within 8000 ms' },
    sentence: ({ nodeId, because }) => `${nodeId} could not be made to follow the new primary: ${because}`,
  }),
};
