/**
 * Configurations of many clusters, with ids as long as EC2's and secrets of their own.
 *
 * @module
 */
import type { ConfigInput } from '../../lib/core/config.ts';
import { exampleConfig } from './example.ts';

/** The example with so many clusters of three servers. */
export function manyClusters(count: number): ConfigInput {
  const config = exampleConfig();
  const [first] = config.clusters;
  return {
    ...config,
    clusters: Array.from({ length: count }, (_, n) => {
      const id = `orders-${n}`;
      return {
        ...first!,
        id,
        nodes: first!.nodes.map((node, index) => ({
          ...node,
          instanceId: idOf('i', n * 9 + index),
          networkInterfaceId: idOf('eni', n * 9 + index),
        })),
        secrets: { monitor: `${id}/monitor`, operator: `${id}/operator`, replication: `${id}/replication` },
        route: { ...first!.route, address: `10.0.${2 + Math.floor(n / 200)}.${n % 200}` },
        dns: { ...first!.dns, recordName: `${id}.db.example.internal` },
      };
    }),
  };
}

function idOf(kind: 'i' | 'eni', n: number): string {
  return `${kind}-${String(n).padStart(17, '0')}`;
}
