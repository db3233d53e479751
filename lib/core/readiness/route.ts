/**
 * What leading clients to a new primary would meet: the address, the record, and whether people could be told.
 *
 * @module
 */
import { findNode, type ClusterConfig, type NodeConfig } from '../config.ts';
import type { RouteKind } from '../state.ts';
import { findingOf, type Finding } from './finding.ts';
import type { FindingCode } from './findings.ts';
import type { Look } from './look.ts';
import type { InterfaceFacts, RecordFacts } from './network-facts.ts';
import { blockContains } from './subnet-block.ts';

export interface InterfaceSight {
  readonly node: NodeConfig;
  readonly interface: Look<InterfaceFacts>;
  /** IPv4 block of its subnet, such as `10.0.1.0/24`. */
  readonly subnetBlock: Look<string>;
  /** How many addresses an interface of its instance's type may have. */
  readonly mostAddresses: Look<number>;
}

export interface RouteSight {
  readonly cluster: ClusterConfig;
  readonly primary: string;
  /** By the record of the cluster. */
  readonly route: RouteKind;
  readonly interfaces: readonly InterfaceSight[];
  readonly record: Look<RecordFacts | null>;
  readonly topic: Look<unknown>;
  readonly executions: Look<unknown>;
}

export function routeFindings(sight: RouteSight): readonly Finding[] {
  const { cluster, topic, executions } = sight;
  const of = (code: FindingCode, subject: string, because: string) => findingOf(code, cluster.id, subject, because);
  return [
    ...sight.interfaces.flatMap((each) => interfaceFindings(cluster, each)),
    ...addressFindings(sight),
    ...recordFindings(sight),
    ...(topic.ok ? [] : [of('topic-unreadable', cluster.id, topic.because)]),
    ...(executions.ok ? [] : [of('executions-unreadable', cluster.id, executions.because)]),
    of(
      'address-move-unverifiable',
      cluster.route.address,
      `that ${cluster.route.address} may be moved could not be tried without moving it`,
    ),
  ];
}

function interfaceFindings(cluster: ClusterConfig, sight: InterfaceSight): Finding[] {
  const { node, subnetBlock, mostAddresses } = sight;
  const { address } = cluster.route;
  const of = (code: FindingCode, because: string) => findingOf(code, cluster.id, node.id, because);
  const found: Finding[] = [];
  const unreadable = [sight.interface, subnetBlock, mostAddresses].find((each) => !each.ok);
  if (unreadable?.ok === false) found.push(of('interface-unreadable', unreadable.because));
  if (subnetBlock.ok && !blockContains(subnetBlock.value, address)) {
    found.push(of('address-outside-subnet', `${address} is not of ${node.id}'s subnet ${subnetBlock.value}`));
  }
  if (sight.interface.ok && mostAddresses.ok) {
    const { addresses } = sight.interface.value;
    if (!addresses.includes(address) && addresses.length >= mostAddresses.value) {
      const full = `${node.networkInterfaceId} has ${addresses.length} of ${mostAddresses.value} addresses`;
      found.push(of('interface-full', `${full}, so ${address} can't be added`));
    }
  }
  return found;
}

/** Where DNS leads, since the address could not be moved, it is known to be elsewhere. */
function addressFindings({ cluster, primary, route, interfaces }: RouteSight): Finding[] {
  const { address } = cluster.route;
  const its = interfaces.find(({ node }) => node.id === primary)?.interface;
  if (its?.ok !== true || its.value.addresses.includes(address)) return [];
  const holder = interfaces.find((each) => each.interface.ok && each.interface.value.addresses.includes(address));
  const where = holder === undefined ? 'at none of the nodes' : `at ${holder.node.id}`;
  const known = route === 'dns' ? ', as it could not be moved by the last failover' : '';
  return [
    findingOf('address-drifted', cluster.id, address, `${address} is ${where}, not at the primary ${primary}${known}`),
  ];
}

function recordFindings({ cluster, primary, route, record }: RouteSight): Finding[] {
  const { recordName, ttlSeconds } = cluster.dns;
  const of = (code: FindingCode, because: string) => [findingOf(code, cluster.id, recordName, because)];
  if (!record.ok) return of('record-unreadable', record.because);
  if (record.value === null) return of('record-unreadable', `there is no A record ${recordName}`);
  const expected = route === 'vip' ? cluster.route.address : findNode(cluster, primary).address;
  const { addresses } = record.value;
  if (addresses.length !== 1 || addresses[0] !== expected) {
    return of('record-drifted', `${recordName} holds ${addresses.join(', ') || 'nothing'}, not ${expected}`);
  }
  return record.value.ttlSeconds <= ttlSeconds
    ? []
    : of('record-drifted', `${recordName} has a TTL of ${record.value.ttlSeconds} s, not ${ttlSeconds} s`);
}
