/**
 * When a fenced primary is proven unable to acknowledge a write that clients would believe. Steps gather evidence;
 * here it is judged. Nothing is promoted without a sufficient proof (invariant 1).
 *
 * @module
 */
import type { ClusterConfig } from './config.ts';
import type { SemiSyncSource } from './observation.ts';

/** What a fencing step saw, as the journal keeps it. */
export type FenceEvidence =
  | { readonly kind: 'instance-stopped'; readonly instanceId: string; readonly stateCode: number }
  | {
      readonly kind: 'read-only';
      readonly identity: string;
      readonly expectedIdentity: string | null;
      readonly readOnly: boolean;
      readonly writersLeft: number;
    }
  | {
      readonly kind: 'acks-revoked';
      /** Every other node of the cluster: each could acknowledge. */
      readonly replicas: readonly string[];
      /** Those that answered that their receiver is stopped. */
      readonly stopped: readonly string[];
      /** Semi-sync as a monitor last saw it on the living primary. */
      readonly semiSync: SemiSyncSource | null;
      readonly bootsReadOnly: boolean | 'unknown';
    }
  | {
      readonly kind: 'network-isolated';
      readonly interfaces: readonly { readonly id: string; readonly groups: readonly string[] }[];
      readonly fenceGroup: string;
    };

export type FenceProof = FenceEvidence['kind'];

export type Judgement =
  | { readonly sufficient: true; readonly proof: FenceProof; readonly because: string }
  | { readonly sufficient: false; readonly because: string };

/** The first sufficient proof among the evidence, or what each piece lacks. */
export function judgeFence(evidence: readonly FenceEvidence[], policy: ClusterConfig['fence']): Judgement {
  const shortcomings: string[] = [];
  for (const piece of evidence) {
    const lacking = shortcomingOf(piece, policy);
    if (lacking === null) return { sufficient: true, proof: piece.kind, because: sentenceOf(piece) };
    shortcomings.push(`${piece.kind}: ${lacking}`);
  }
  return {
    sufficient: false,
    because: shortcomings.length === 0 ? 'there is no evidence yet' : [...new Set(shortcomings)].join('; '),
  };
}

/** Semi-sync that would go on alone within a day counts as having a timeout. */
const NO_TIMEOUT_MS = 24 * 3_600_000;

/** Low byte of an EC2 instance state: 80 is stopped, 48 terminated. `stopping` (64) proves nothing. */
export function isStopped(stateCode: number): boolean {
  return [80, 48].includes(stateCode & 0xff);
}

function shortcomingOf(piece: FenceEvidence, policy: ClusterConfig['fence']): string | null {
  switch (piece.kind) {
    case 'instance-stopped':
      return isStopped(piece.stateCode) ? null : `state code ${piece.stateCode} is neither stopped nor terminated`;
    case 'read-only':
      if (piece.expectedIdentity === null) return 'no monitor saw which server the old primary is';
      if (piece.identity !== piece.expectedIdentity) {
        return `server ${piece.identity} answered where ${piece.expectedIdentity} was expected`;
      }
      if (!piece.readOnly) return 'the server is not read-only';
      return piece.writersLeft === 0 ? null : `${piece.writersLeft} sessions can still write`;
    case 'acks-revoked':
      return shortcomingOfRevokedAcks(piece);
    case 'network-isolated':
      if (!policy.acceptNetworkIsolation) return 'the policy does not accept it alone';
      if (piece.interfaces.length === 0) return 'no interface was found to isolate';
      return piece.interfaces.every((each) => each.groups.length === 1 && each.groups[0] === piece.fenceGroup)
        ? null
        : 'an interface still has other groups';
    default:
      return piece satisfies never;
  }
}

/**
 * The counting argument. A commit is acknowledged to a client only after `requiredAcks` replicas have it. A replica
 * whose receiver is stopped acknowledges nothing any more, so if fewer than `requiredAcks` replicas are left that
 * might, no further commit can be acknowledged: neither by the running server nor, where the settings survive a
 * restart or it comes up read-only, by a restarted one. What was acknowledged before is on a stopped replica, where
 * the election finds it.
 */
function shortcomingOfRevokedAcks(piece: Extract<FenceEvidence, { kind: 'acks-revoked' }>): string | null {
  const { semiSync } = piece;
  if (semiSync === null) return 'no monitor saw the semi-sync settings of the old primary';
  if (!semiSync.enabled) return 'semi-sync was off on the old primary';
  if (semiSync.timeoutMs < NO_TIMEOUT_MS) return `semi-sync goes on alone after ${semiSync.timeoutMs} ms`;
  if (semiSync.waitPoint !== 'beforeCommit') return 'semi-sync waits after the commit, where others already see it';
  if (!semiSync.waitsWithoutReplicas) return 'semi-sync goes on alone when no replica is connected';
  if (!semiSync.survivesRestart && piece.bootsReadOnly !== true) {
    return 'a restarted server might have neither semi-sync nor read-only mode';
  }
  if (semiSync.connectedReplicas > piece.replicas.length) {
    return `${semiSync.connectedReplicas} semi-sync replicas were connected, but only ${piece.replicas.length} are configured`;
  }
  const left = piece.replicas.filter((replica) => !piece.stopped.includes(replica));
  if (left.length >= semiSync.requiredAcks) {
    return `${left.join(', ')} might still acknowledge, and ${semiSync.requiredAcks} is enough`;
  }
  return null;
}

function sentenceOf(piece: FenceEvidence): string {
  switch (piece.kind) {
    case 'instance-stopped':
      return `EC2 says that ${piece.instanceId} is stopped (state code ${piece.stateCode})`;
    case 'read-only':
      return `server ${piece.identity} answered that it is read-only and that no session can write`;
    case 'acks-revoked':
      return `${piece.stopped.join(', ')} stopped receiving; of ${piece.replicas.length} replicas too few are left for the ${piece.semiSync?.requiredAcks} acknowledgement(s) that each commit needs`;
    case 'network-isolated':
      return `every interface has only the fence group ${piece.fenceGroup}`;
    default:
      return piece satisfies never;
  }
}
