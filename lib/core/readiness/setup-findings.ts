/**
 * How a server is set up, as far as any account may see it.
 *
 * @module
 */
import { MAX_CLOCK_SKEW_MS } from '../ballot.ts';
import type { ClusterConfig, NodeConfig } from '../config.ts';
import { HEARTBEAT_PERIOD_MS, witnessSilenceMs } from '../veto.ts';
import type { ServerSetup } from './account-sight.ts';
import { findingOf, type Finding } from './finding.ts';
import type { FindingCode } from './findings.ts';

/**
 * How soon a replica gives up a silent source and reconnects, in seconds: what a failover sets. Witnesses count silence
 * by themselves; what matters is that a receiver which reconnects can't be stopped for two seconds, so this is longer
 * than a detection.
 */
export const NET_TIMEOUT_SECONDS = 10;

/** @param primary null when nobody can tell: then nothing is said of replicas */
export function setupFindings(
  { cluster, primary }: { readonly cluster: ClusterConfig; readonly primary: string | null },
  node: NodeConfig,
  server: ServerSetup,
): Finding[] {
  const of = (code: FindingCode, because: string) => findingOf(code, cluster.id, node.id, because);
  const found: Finding[] = [];
  if (node.identity !== undefined && node.identity !== server.identity) {
    found.push(of('other-server', `${node.id} is to be server ${node.identity}, and ${server.identity} answers`));
  }
  if (Math.abs(server.clockOffsetMs) > MAX_CLOCK_SKEW_MS) {
    const direction = server.clockOffsetMs > 0 ? 'ahead of' : 'behind';
    found.push(
      of(
        'clock-off',
        `the clock of ${node.id} is ${Math.abs(server.clockOffsetMs)} ms ${direction} that of the looker`,
      ),
    );
  }
  return primary === null || node.id === primary ? found : [...found, ...replicaFindings(cluster, node, server)];
}

function replicaFindings(cluster: ClusterConfig, node: NodeConfig, server: ServerSetup): Finding[] {
  const of = (code: FindingCode, because: string) => findingOf(code, cluster.id, node.id, because);
  const { heartbeatPeriodMs, netTimeoutSeconds, receivesByItself } = server;
  const boundMs = witnessSilenceMs(cluster.detection);
  const found: Finding[] = [];
  // Two must fit into the silence, or one that comes late looks like a death.
  if (heartbeatPeriodMs !== null && heartbeatPeriodMs > Math.max(boundMs / 2, HEARTBEAT_PERIOD_MS)) {
    found.push(
      of(
        'heartbeat-slow',
        `${node.id} asks for a heartbeat each ${heartbeatPeriodMs} ms, and counts as silent after ${boundMs} ms`,
      ),
    );
  }
  if (netTimeoutSeconds > NET_TIMEOUT_SECONDS) {
    found.push(
      of(
        'net-timeout-slow',
        `${node.id} waits ${netTimeoutSeconds} s for a silent source, not ${NET_TIMEOUT_SECONDS} s`,
      ),
    );
  }
  if (receivesByItself === true) {
    found.push(of('receives-by-itself', `${node.id} would receive again by itself after a restart`));
  }
  return found;
}
