/**
 * How a node of the configuration is connected to: by monitors and by steps, directly and through the VIP.
 *
 * @module
 */
import type { ClusterConfig, NodeConfig } from '../lib/core/config.ts';
import type { DatabaseTarget, Tls } from '../lib/ports/database.ts';

/** What the caller adds to the configuration. */
type Rest = Pick<DatabaseTarget, 'credentials' | 'connectTimeoutMs' | 'timeoutMs'> & {
  /** Where to connect to instead of the node's own host or address: the VIP. */
  readonly through?: string | undefined;
};

export function databaseTarget(cluster: ClusterConfig, node: NodeConfig, { through, ...rest }: Rest): DatabaseTarget {
  return {
    nodeId: node.id,
    engine: cluster.engine,
    host: through ?? hostOf(node),
    port: cluster.port,
    tls: tlsOf(cluster, node),
    identity: node.identity,
    ...rest,
  };
}

function hostOf(node: NodeConfig): string {
  return node.host ?? node.address;
}

/**
 * The certificate must bear the node's own name also when the node is connected to through the VIP. So nobody's
 * certificate has to bear the VIP, and who answers there is known to be this node before a password is sent.
 */
function tlsOf({ tls }: ClusterConfig, node: NodeConfig): Tls {
  const { mode, ca } = tls;
  if (mode === 'off') return { mode };
  return mode === 'verify-ca' ? { mode, ca } : { mode, ca, name: hostOf(node) };
}
