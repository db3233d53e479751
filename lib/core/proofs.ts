/**
 * When a fenced primary is proven unable to acknowledge a write that clients would believe. Steps gather evidence; here
 * it is judged, by the evidence and the policy alone. Nothing is promoted without a sufficient proof (invariant 1).
 *
 * Each kind of evidence has a file of its own in `proofs/`, with its argument and with what would make it a lie. Any one
 * sufficient piece is a proof; pieces are never added up, so more evidence never takes a proof away.
 *
 * @module
 */
import * as z from 'zod';
import type { ClusterConfig } from './config.ts';
import { acksRevokedSchema, sentenceOfAcksRevoked, shortcomingOfAcksRevoked } from './proofs/acks-revoked.ts';
import { deadAndBootsReadOnlySchema, sentenceOfDeath, shortcomingOfDeath } from './proofs/dead-and-boots-read-only.ts';
import {
  instanceStoppedSchema,
  sentenceOfInstanceStopped,
  shortcomingOfInstanceStopped,
} from './proofs/instance-stopped.ts';
import {
  networkIsolatedSchema,
  sentenceOfNetworkIsolated,
  shortcomingOfNetworkIsolated,
} from './proofs/network-isolated.ts';
import { readOnlySchema, sentenceOfReadOnly, shortcomingOfReadOnly } from './proofs/read-only.ts';
import { sameServerSchema, sentenceOfSameServer, shortcomingOfSameServer } from './proofs/same-server.ts';

export { isStopped } from './proofs/instance-stopped.ts';

/** What a fencing step saw, as the journal keeps it: the one definition of its fields. */
export const fenceEvidenceSchema = z.discriminatedUnion('kind', [
  instanceStoppedSchema,
  readOnlySchema,
  acksRevokedSchema,
  deadAndBootsReadOnlySchema,
  networkIsolatedSchema,
  sameServerSchema,
]);

export type FenceEvidence = z.output<typeof fenceEvidenceSchema>;
export type FenceProof = FenceEvidence['kind'];

export type Judgement =
  | { readonly sufficient: true; readonly proof: FenceProof; readonly because: string }
  | { readonly sufficient: false; readonly because: string };

/** Who is named first when several suffice: what the end of the fence will show anyway, then what was seen most directly. */
const ORDER: readonly FenceProof[] = [
  'instance-stopped',
  'read-only',
  'acks-revoked',
  'dead-and-boots-read-only',
  'network-isolated',
  'same-server',
];

/** A sufficient proof among the evidence, or what each piece lacks. The order of the evidence changes nothing. */
export function judgeFence(evidence: readonly FenceEvidence[], policy: ClusterConfig['fence']): Judgement {
  const pieces = evidence
    .map((piece) => ({ proof: piece.kind, lacking: shortcomingOf(piece, policy), sentence: sentenceOf(piece) }))
    .sort((a, b) => ORDER.indexOf(a.proof) - ORDER.indexOf(b.proof) || compareText(textOf(a), textOf(b)));
  const proof = pieces.find((piece) => piece.lacking === null);
  if (proof !== undefined) return { sufficient: true, proof: proof.proof, because: proof.sentence };
  const shortcomings = new Set(pieces.map((piece) => `${piece.proof}: ${piece.lacking}`));
  return {
    sufficient: false,
    because: shortcomings.size === 0 ? 'there is no evidence yet' : [...shortcomings].join('; '),
  };
}

function textOf({ lacking, sentence }: { readonly lacking: string | null; readonly sentence: string }): string {
  return lacking ?? sentence;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function shortcomingOf(piece: FenceEvidence, policy: ClusterConfig['fence']): string | null {
  switch (piece.kind) {
    case 'instance-stopped':
      return shortcomingOfInstanceStopped(piece);
    case 'read-only':
      return shortcomingOfReadOnly(piece);
    case 'acks-revoked':
      return shortcomingOfAcksRevoked(piece);
    case 'dead-and-boots-read-only':
      return shortcomingOfDeath(piece);
    case 'network-isolated':
      return shortcomingOfNetworkIsolated(piece, policy);
    case 'same-server':
      return shortcomingOfSameServer(piece);
    default:
      return piece satisfies never;
  }
}

function sentenceOf(piece: FenceEvidence): string {
  switch (piece.kind) {
    case 'instance-stopped':
      return sentenceOfInstanceStopped(piece);
    case 'read-only':
      return sentenceOfReadOnly(piece);
    case 'acks-revoked':
      return sentenceOfAcksRevoked(piece);
    case 'dead-and-boots-read-only':
      return sentenceOfDeath(piece);
    case 'network-isolated':
      return sentenceOfNetworkIsolated(piece);
    case 'same-server':
      return sentenceOfSameServer(piece);
    default:
      return piece satisfies never;
  }
}
