/**
 * What the fence would meet on EC2, for any node: each may be the old primary one day.
 *
 * @module
 */
import type { ClusterConfig, NodeConfig } from '../config.ts';
import { findingOf, type Finding } from './finding.ts';
import type { FindingCode } from './findings.ts';
import type { Look } from './look.ts';
import type { DryRun, GroupFacts, InterfaceFacts } from './network-facts.ts';

export interface FenceSight {
  readonly node: NodeConfig;
  readonly stateName: Look<string>;
  readonly interfaces: Look<readonly InterfaceFacts[]>;
  readonly isStopProtected: Look<boolean>;
  readonly stop: Look<DryRun>;
  readonly isolate: Look<DryRun>;
}

export function fenceFindings(
  cluster: ClusterConfig,
  sights: readonly FenceSight[],
  group: { readonly id: string; readonly look: Look<GroupFacts> },
): readonly Finding[] {
  const vpcs = sights.flatMap(({ interfaces }) => (interfaces.ok ? interfaces.value.map((each) => each.vpcId) : []));
  return [...sights.flatMap((each) => nodeFindings(cluster, each)), ...groupFindings(cluster, group, vpcs)];
}

function nodeFindings(cluster: ClusterConfig, sight: FenceSight): Finding[] {
  const { stateName, isStopProtected, stop, isolate } = sight;
  const { id, instanceId, networkInterfaceId } = sight.node;
  const of = (code: FindingCode, because: string) => findingOf(code, cluster.id, id, because);
  const found: Finding[] = [];
  const unreadable = [stateName, sight.interfaces, isStopProtected].find((each) => !each.ok);
  if (unreadable?.ok === false) found.push(of('instance-unreadable', unreadable.because));
  if (stateName.ok && stateName.value !== 'running') {
    found.push(of('instance-not-running', `${instanceId} is ${stateName.value}`));
  }
  const refused = refusalOf(stop);
  if (isStopProtected.ok && isStopProtected.value) {
    found.push(of('stop-protected', `${instanceId} has stop protection`));
  } else if (stop.ok && !stop.value.wouldDo && stop.value.code === 'IncorrectInstanceState') {
    if (stateName.ok && stateName.value === 'running') {
      found.push(of('instance-not-running', `${instanceId} can't be stopped in its state: ${stop.value.because}`));
    }
  } else if (refused !== null) {
    found.push(of('stop-forbidden', `${instanceId} could not be stopped: ${refused}`));
  }
  const keptOpen = refusalOf(isolate);
  if (keptOpen !== null) found.push(of('isolate-forbidden', `${networkInterfaceId} could not be cut off: ${keptOpen}`));
  return [...found, ...interfaceFindings(cluster, sight)];
}

function interfaceFindings(cluster: ClusterConfig, { node, interfaces }: FenceSight): Finding[] {
  if (!interfaces.ok) return [];
  const { id, instanceId, networkInterfaceId } = node;
  const ids = interfaces.value.map((each) => each.id);
  const found = ids
    .filter((each) => each !== networkInterfaceId)
    .map((each) =>
      findingOf(
        'interface-unconfigured',
        cluster.id,
        `${id} (${each})`,
        `${instanceId} has ${each} besides ${networkInterfaceId}`,
      ),
    );
  if (!ids.includes(networkInterfaceId)) {
    const has = ids.length === 0 ? 'none' : ids.join(', ');
    found.push(
      findingOf(
        'interface-not-attached',
        cluster.id,
        id,
        `${instanceId} does not have ${networkInterfaceId}, but ${has}`,
      ),
    );
  }
  return found;
}

function groupFindings(
  cluster: ClusterConfig,
  { id, look }: { readonly id: string; readonly look: Look<GroupFacts> },
  vpcs: readonly string[],
): Finding[] {
  const of = (because: string) => [findingOf('fence-group-unusable', cluster.id, id, because)];
  if (!look.ok) return of(look.because);
  const { vpcId, ingressRules } = look.value;
  const other = vpcs.find((each) => each !== vpcId);
  if (other !== undefined) return of(`${id} is in ${vpcId}, and an interface of ${cluster.id} in ${other}`);
  return ingressRules === 0 ? [] : of(`${id} has ${ingressRules} rules that let something in`);
}

/** What EC2 says that forbids it, or null. A call that got no answer is no permission. */
function refusalOf(asked: Look<DryRun>): string | null {
  if (!asked.ok) return asked.because;
  return asked.value.wouldDo ? null : `${asked.value.code}: ${asked.value.because}`;
}
