/**
 * @module What a set of security groups means for one network interface.
 *
 * Guarantees: pure; groups only add up, as on AWS; a rule that names a group admits the addresses that the group's
 * members have now, so it must be computed again whenever a membership or an address changes.
 */
import type { IngressRule } from '../../net/network.ts';
import type { NetworkInterface, RuleSource, SecurityGroup, SecurityGroupRule } from './model.ts';

const ANYBODY = '0.0.0.0/0';

/** The rules for new connections to an interface, in a stable order without doubles. */
export function ingressOf(
  networkInterface: NetworkInterface,
  groups: ReadonlyMap<string, SecurityGroup>,
  everyInterface: Iterable<NetworkInterface>,
): readonly IngressRule[] {
  const members = [...everyInterface];
  const own = networkInterface.groupIds.flatMap((groupId) => groups.get(groupId) ?? []);
  const answersAnybody = own.some(({ egress }) => egress.some(isAllOpen));
  const rules = new Map<string, IngressRule>();
  for (const rule of own.flatMap(({ ingress }) => ingress)) {
    for (const from of addressesOf(rule.source, members)) {
      const { fromPort, toPort } = portsOf(rule);
      const untracked = answersAnybody && from === ANYBODY;
      rules.set(`${from} ${fromPort} ${toPort}`, { from, fromPort, toPort, ...(untracked && { untracked }) });
    }
  }
  return [...rules.keys()].toSorted().flatMap((key) => rules.get(key) ?? []);
}

/** AWS tracks no flow that a rule admits from anybody, where the answer may go to anybody at any port. */
function isAllOpen(rule: SecurityGroupRule): boolean {
  const { fromPort, toPort } = portsOf(rule);
  return 'cidr' in rule.source && rule.source.cidr === ANYBODY && fromPort === 0 && toPort === 65_535;
}

function addressesOf(source: RuleSource, members: readonly NetworkInterface[]): readonly string[] {
  if ('cidr' in source) return [source.cidr];
  return members
    .filter((member) => member.groupIds.includes(source.groupId))
    .flatMap((member) => [member.privateIpAddress, ...member.secondaryAddresses]);
}

/** Protocol `-1` and port `-1` both mean every port. */
function portsOf(rule: SecurityGroupRule): { readonly fromPort: number; readonly toPort: number } {
  return rule.protocol === '-1' || rule.fromPort === -1 ? { fromPort: 0, toPort: 65_535 } : rule;
}
