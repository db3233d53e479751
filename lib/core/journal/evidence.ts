/**
 * Evidence of the fence as the journal tells it. What it is, and when it suffices, is for `proofs.ts`.
 *
 * @module
 */
import * as z from 'zod';
import type { FenceEvidence, FenceProof } from '../proofs.ts';
import { valueOf } from './event-definition.ts';

/** What the sentence of each kind relies on. */
const RELIED_ON: Readonly<Record<FenceProof, z.ZodType>> = {
  'instance-stopped': z.looseObject({ instanceId: z.string(), stateCode: z.number() }),
  'read-only': z.looseObject({ identity: z.string(), readOnly: z.boolean(), writersLeft: z.number() }),
  'acks-revoked': z.looseObject({ replicas: z.array(z.string()), stopped: z.array(z.string()) }),
  'dead-and-boots-read-only': z.looseObject({
    refusals: z.array(z.looseObject({ monitor: z.string(), forMs: z.number() })),
    cut: z.array(z.string()),
  }),
  'network-isolated': z.looseObject({
    interfaces: z.array(z.looseObject({ id: z.string(), groups: z.array(z.string()) })),
  }),
  'same-server': z.looseObject({ nodeId: z.string(), identity: z.string() }),
};

/** A kind that this version does not know is told as it is. */
export const evidenceSchema = valueOf<FenceEvidence>(
  'evidence',
  z
    .looseObject({ kind: z.string() })
    .refine((evidence) => !isKnown(evidence.kind) || RELIED_ON[evidence.kind].safeParse(evidence).success),
);

/** What was seen, whether it proves anything or not. */
export function seenBy(evidence: FenceEvidence): string {
  switch (evidence.kind) {
    case 'instance-stopped':
      return `EC2 gives ${evidence.instanceId} the state code ${evidence.stateCode}`;
    case 'read-only':
      return `server ${evidence.identity} answered that it is ${evidence.readOnly ? '' : 'not '}read-only, and that ${evidence.writersLeft} sessions can still write`;
    case 'acks-revoked':
      return `${evidence.stopped.length} of ${evidence.replicas.length} replicas have stopped receiving from it (${namesOf(evidence.stopped)})`;
    case 'dead-and-boots-read-only':
      return `it refuses ${evidence.refusals.map(({ monitor, forMs }) => `monitor ${monitor} for ${forMs} ms`).join(', ') || 'no monitor'}, and has cut the connection of ${namesOf(evidence.cut)}`;
    case 'network-isolated':
      return evidence.interfaces.map(({ id, groups }) => `${id} has ${groupsOf(groups)}`).join('; ') || 'no interface';
    case 'same-server':
      return `server ${evidence.identity} answers at ${evidence.nodeId}`;
    default:
      return JSON.stringify(evidence satisfies never);
  }
}

export function groupsOf(groups: readonly string[]): string {
  return groups.length === 0 ? 'no group' : groups.join(', ');
}

function namesOf(names: readonly string[]): string {
  return names.join(', ') || 'none';
}

function isKnown(kind: string): kind is FenceProof {
  return Object.hasOwn(RELIED_ON, kind);
}
