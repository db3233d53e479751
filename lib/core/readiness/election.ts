/**
 * What would come of it if the primary died now: would anybody be elected, who not, and would the fence be quick.
 *
 * @module
 */
import { knownToBootReadOnly } from '../boots-read-only.ts';
import { findNode, type ClusterConfig, type NodeConfig } from '../config.ts';
import { elect, type Election, type ElectionInput, type LoserCode, type RefusalCode } from '../elect.ts';
import { goesOnAlone } from '../election/durability.ts';
import { GtidError } from '../gtid/gtid-error.ts';
import { receivesFrom, type NodeObservation, type ServerObservation } from '../observation.ts';
import type { ClusterState } from '../state.ts';
import { findingOf, type Finding } from './finding.ts';

export interface HypotheticalLoss {
  readonly cluster: ClusterConfig;
  /** Whose death is supposed. */
  readonly primary: string;
  /** Every node; the replicas were looked at before the primary, or what they received since would seem errant. */
  readonly observations: readonly NodeObservation[];
  readonly record: Pick<ClusterState, 'nominee' | 'fenced' | 'promotedAt' | 'bootsReadOnly'> | null;
}

/**
 * Refusals that say nothing while the primary lives: the servers were not all looked at in one moment, so one may seem to
 * have what another lacks.
 */
const OF_POSITIONS: readonly RefusalCode[] = ['possible-loss', 'candidate-behind'];

/**
 * What a person should repair. Left out is who was marked so, who does not answer, which has a finding of its own, and
 * who is merely outdone.
 */
const OBSTACLES: readonly LoserCode[] = [
  'not-a-replica',
  'other-source',
  'not-a-source',
  'filtered',
  'errant',
  'newer-than-replicas',
  'applier-stopped',
  'too-far-behind',
];

/** Nothing when the primary was not seen: then it is for the monitors to say what is. */
export function electionFindings(loss: HypotheticalLoss): readonly Finding[] {
  const seen = loss.observations.find(({ nodeId }) => nodeId === loss.primary);
  if (seen?.reachable !== true) return [];
  return [...electability(loss, seen.server), ...restarts(loss), ...semiSync(loss, seen.server)];
}

function electability(
  { cluster, primary, observations, record }: HypotheticalLoss,
  server: ServerObservation,
): Finding[] {
  const others = observations.filter(({ nodeId }) => nodeId !== primary);
  const atMs = observations.find(({ nodeId }) => nodeId === primary)?.atMs ?? 0;
  const election = electionIf({
    cluster,
    oldPrimary: primary,
    observations: others,
    lastSeen: {
      atMs,
      identity: server.identity,
      executed: server.executed,
      beatAtMs: server.beatAtMs,
      semiSync: server.semiSyncSource,
      acknowledging: others.flatMap((each) =>
        each.reachable && each.server.replica?.receiver === 'receiving' && each.server.replica.semiSync
          ? [each.nodeId]
          : [],
      ),
    },
    nominee: record?.nominee ?? null,
    fenced: record?.fenced ?? {},
    promotedAt: record?.promotedAt ?? null,
  });
  if (election === null) return [];
  const found = election.losers
    .filter(({ code }) => OBSTACLES.includes(code))
    .map(({ nodeId, because }) => findingOf('not-electable', cluster.id, nodeId, because));
  if (!election.elected && !OF_POSITIONS.includes(election.code)) {
    const because = election.because.replace(/^promote nothing: /, '').replace(/, then start the failover again$/, '');
    found.push(
      findingOf(
        'nobody-electable',
        cluster.id,
        cluster.id,
        `if ${primary} died now, nobody would be promoted: ${because}`,
      ),
    );
  }
  return found;
}

/** Null when a position can't be read: the monitors have a problem of that. */
function electionIf(input: ElectionInput): Election | null {
  try {
    return elect(input);
  } catch (error) {
    if (error instanceof GtidError) return null;
    throw error;
  }
}

function restarts({ cluster, primary, observations, record }: HypotheticalLoss): Finding[] {
  return observations.flatMap((each) => {
    if (!each.reachable) return [];
    const { nodeId, server } = each;
    const known = knownToBootReadOnly({
      seen: server.bootsReadOnly,
      recorded: nodeId === primary ? (record?.bootsReadOnly ?? 'unknown') : 'unknown',
      declared: cluster.bootsReadOnly,
    });
    if (known === true) return [];
    const because =
      known === false
        ? `${nodeId} would take writes after a restart`
        : `nobody knows whether ${nodeId} boots read-only`;
    return [findingOf('boots-writable', cluster.id, nodeId, because)];
  });
}

function semiSync({ cluster, primary, observations }: HypotheticalLoss, server: ServerObservation): Finding[] {
  if (cluster.semiSync !== 'required') return [];
  const of = (node: string, because: string) => findingOf('semi-sync-weak', cluster.id, node, because);
  const { semiSyncSource: source } = server;
  const found: Finding[] = [];
  const alone = source.enabled ? goesOnAlone(source) : null;
  if (!source.enabled) found.push(of(primary, `semi-sync is off on the primary ${primary}`));
  if (alone !== null) found.push(of(primary, `semi-sync of ${primary} is set ${alone}`));
  if (source.enabled && source.waitPoint === 'afterCommit') {
    found.push(of(primary, `${primary} waits only after the commit (AFTER_COMMIT), when others see the write already`));
  }
  const from = findNode(cluster, primary).address;
  const silent = observations.filter(
    (each) => each.reachable && receivesFrom(each.server.replica, from) && each.server.replica?.semiSync === false,
  );
  return [...found, ...silent.map(({ nodeId }) => of(nodeId, `${nodeId} receives without acknowledging`))];
}

/** Every other node than the primary, to be looked at before it. */
export function replicasOf({ nodes }: ClusterConfig, primary: string): readonly NodeConfig[] {
  return nodes.filter(({ id }) => id !== primary);
}
