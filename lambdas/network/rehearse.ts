/**
 * Rehearse: whether the address could be moved to any node, whether the record is as it should be, and whether people
 * could be told. It keeps the function warm by the way, and changes nothing.
 *
 * @module
 */
import type { NodeConfig } from '../../lib/core/config.ts';
import { look } from '../../lib/core/readiness/look.ts';
import { routeFindings, type InterfaceSight } from '../../lib/core/readiness/route.ts';
import type { Rehearsals, RouteRehearsal } from '../../lib/ports/rehearsal.ts';
import { rehearsalOf } from '../rehearse.ts';
import type { NetworkContext } from './context.ts';

export interface NetworkRehearsalContext extends NetworkContext {
  readonly rehearsal: RouteRehearsal;
  readonly rehearsals: Rehearsals;
  /** Puts the number of findings that would make a failover fail where the alarm looks. */
  recordRehearsal(failures: number): void;
  /** Writes a line to the function's log. */
  log(line: string): void;
}

const PACE = { atOnce: 2, beginWithinMs: 45_000 };

export const rehearse = rehearsalOf(PACE, async ({ rehearsal }: NetworkRehearsalContext, cluster, record) => {
  const { hostedZoneId, recordName } = cluster.dns;
  const [interfaces, dnsRecord, topic, executions] = await Promise.all([
    Promise.all(cluster.nodes.map((node) => sightOf(rehearsal, node))),
    look(rehearsal.record(hostedZoneId, recordName)),
    look(rehearsal.topic()),
    look(rehearsal.executions()),
  ]);
  return routeFindings({
    cluster,
    primary: record?.primary ?? cluster.initialPrimary,
    route: record?.route ?? 'vip',
    interfaces,
    record: dnsRecord,
    topic,
    executions,
  });
});

async function sightOf(rehearsal: RouteRehearsal, node: NodeConfig): Promise<InterfaceSight> {
  const [networkInterface, subnetBlock, mostAddresses] = await Promise.all([
    look(rehearsal.interface(node.networkInterfaceId)),
    look(rehearsal.subnetBlock(node.subnetId)),
    look(rehearsal.mostAddresses(node.instanceId)),
  ]);
  return { node, interface: networkInterface, subnetBlock, mostAddresses };
}
