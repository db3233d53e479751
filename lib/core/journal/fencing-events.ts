/**
 * Events of the fence: what was done to the old primary, what was seen of it, and whether that is a proof.
 *
 * @module
 */
import * as z from 'zod';
import { eventOf } from './event-definition.ts';
import { evidenceSchema, groupsOf, seenBy } from './evidence.ts';
import { proofSchema } from './facts.ts';

const instanceId = z.string().describe('The EC2 instance of the old primary.');

export const fencingEvents = {
  'interfaces-isolated': eventOf({
    meaning: 'Interfaces of the old primary are about to get the fence group alone. It is written before, as the undo.',
    writtenBy: ['Isolate network'],
    weight: 'step',
    fields: z.object({
      undo: z
        .array(
          z.object({
            id: z.string().describe('The network interface.'),
            groups: z.array(z.string()).describe('The security groups that it had.'),
          }),
        )
        .describe('What to give back when the server is to return.'),
    }),
    example: { undo: [{ id: 'eni-1', groups: ['sg-database', 'sg-backup'] }] },
    sentence: ({ undo }) =>
      `isolating ${undo.map(({ id, groups }) => `${id}, which had ${groupsOf(groups)}`).join('; ') || 'nothing'}`,
  }),

  'stop-requested': eventOf({
    meaning: 'EC2 took the request to stop the instance. It does not say that the instance is stopped.',
    writtenBy: ['Stop instance', 'Check instance'],
    weight: 'step',
    fields: z.object({ instanceId }),
    example: { instanceId: 'i-1' },
    sentence: (event) => `EC2 was asked to stop ${event.instanceId}`,
  }),

  'fence-failed': eventOf({
    meaning: 'One way of fencing did not work. The others go on.',
    writtenBy: ['Revoke acks', 'Demote by SQL', 'Isolate network', 'Stop instance'],
    weight: 'trouble',
    fields: z.object({
      what: z.string().describe('What was tried.'),
      because: z.string().describe('Why it failed.'),
    }),
    example: { what: 'demoting by SQL', because: 'no answer within 1500 ms' },
    sentence: ({ what, because }) => `${what} failed: ${because}`,
  }),

  'fence-evidence': eventOf({
    meaning: 'Something was seen that may prove the fence. “Prove fence” judges all of it together.',
    writtenBy: ['Revoke acks', 'Demote by SQL', 'Isolate network', 'Check instance', 'Prove fence'],
    weight: 'step',
    fields: z.object({
      evidence: evidenceSchema.describe('What was seen; its kinds are those of [the proofs](recovery.md#proofs).'),
    }),
    example: { evidence: { kind: 'instance-stopped', instanceId: 'i-1', stateCode: 80 } },
    sentence: ({ evidence }) => `evidence ${evidence.kind}: ${seenBy(evidence)}`,
  }),

  'fence-proven': eventOf({
    meaning: "The evidence suffices: the old primary can't acknowledge a write that clients would believe.",
    writtenBy: ['Prove fence'],
    weight: 'milestone',
    fields: z.object({
      proof: proofSchema.describe('The evidence that sufficed.'),
      because: z.string().describe('Why it does.'),
    }),
    example: { proof: 'instance-stopped', because: 'EC2 says that i-1 is stopped (state code 80)' },
    sentence: ({ proof, because }) => `fence proven by ${proof}: ${because}`,
  }),

  'fence-unproven': eventOf({
    meaning: 'No sufficient proof came before the deadline of the cluster. The change halts, nobody is promoted.',
    writtenBy: ['Prove fence'],
    weight: 'trouble',
    fields: z.object({ because: z.string().describe('What each piece of evidence lacks.') }),
    example: { because: 'there is no evidence yet' },
    sentence: ({ because }) => `fence not proven in time: ${because}`,
  }),

  'fence-complete': eventOf({
    meaning: 'EC2 says that the instance of the old primary is stopped. Often long after the promotion.',
    writtenBy: ['Check instance'],
    weight: 'milestone',
    fields: z.object({ instanceId }),
    example: { instanceId: 'i-1' },
    sentence: (event) => `fence complete: EC2 says that ${event.instanceId} is stopped`,
  }),

  'fence-incomplete': eventOf({
    meaning: 'The instance of the old primary was not stopped in time. A person must stop it.',
    writtenBy: ['Check instance'],
    weight: 'trouble',
    fields: z.object({ because: z.string().describe('What was seen last.') }),
    example: { because: 'i-1 is stopping' },
    sentence: ({ because }) => `fence incomplete, stop the old primary by hand: ${because}`,
  }),
};
