/** @module Finds what an EC2 call names, or refuses it in EC2's words. */
import type { Instance, NetworkInterface, SecurityGroup, Subnet, Vpc } from '../../world/model.ts';
import type { Inventory } from '../../world/inventory.ts';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
import type { Filter } from '../../wire/form.ts';

/** @throws AwsError `InvalidInstanceID.Malformed`, `InvalidInstanceID.NotFound` */
export function findInstances(world: Inventory, ids: readonly string[]): readonly Instance[] {
  for (const id of ids) {
    if (!wellFormed('i', id)) throw new AwsError('InvalidInstanceID.Malformed', `Invalid id: "${id}"`);
  }
  const missing = ids.filter((id) => !world.instances.has(id));
  if (missing.length === 1) {
    throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${missing[0]}' does not exist`);
  }
  if (missing.length > 1) {
    throw new AwsError('InvalidInstanceID.NotFound', `The instance IDs '${missing.join(', ')}' do not exist`);
  }
  return ids.flatMap((id) => world.instances.get(id) ?? []);
}

export function findInstance(world: Inventory, id: string): Instance {
  const [instance] = findInstances(world, [id]);
  if (!instance) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  return instance;
}

/** @throws AwsError `InvalidNetworkInterfaceId.Malformed`, `InvalidNetworkInterfaceID.NotFound` */
export function findNetworkInterface(world: Inventory, id: string): NetworkInterface {
  if (!wellFormed('eni', id)) {
    throw new AwsError('InvalidNetworkInterfaceId.Malformed', `Invalid id: "${id}" (expecting "eni-...")`);
  }
  const networkInterface = world.networkInterfaces.get(id);
  if (networkInterface) return networkInterface;
  throw new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
}

/**
 * EC2 has two codes and two wordings for a missing group: `InvalidSecurityGroupID.NotFound` where an interface is
 * created, `InvalidGroup.NotFound` everywhere else. A caller should know both.
 */
export function findSecurityGroup(world: Inventory, id: string, { forNewInterface = false } = {}): SecurityGroup {
  if (!wellFormed('sg', id)) {
    throw new AwsError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
  }
  const group = world.securityGroups.get(id);
  if (group) return group;
  throw forNewInterface
    ? new AwsError('InvalidSecurityGroupID.NotFound', `The securityGroup ID '${id}' does not exist`)
    : new AwsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
}

/** @throws AwsError `InvalidSubnetID.NotFound` */
export function findSubnet(world: Inventory, id: string): Subnet {
  const subnet = world.subnets.get(id);
  if (subnet) return subnet;
  throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${id}' does not exist`);
}

/** @throws AwsError `InvalidVpcID.NotFound` */
export function findVpc(world: Inventory, id: string): Vpc {
  const vpc = world.vpcs.get(id);
  if (vpc) return vpc;
  throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
}

/** For a filter name, the values that a resource has under it. */
export type FilterTable<T> = Readonly<Record<string, (resource: T) => readonly string[]>>;

/**
 * Filters are joined by "and", a filter's values by "or"; `tag:<key>` looks at the tags.
 *
 * @throws AwsError for a filter that the lab doesn't know
 */
export function matches<T>(
  resource: T,
  filters: readonly Filter[],
  table: FilterTable<T>,
  tags?: ReadonlyMap<string, string>,
): boolean {
  return filters.every(({ name, values }) => {
    if (values.some((value) => /[*?]/.test(value))) throw notModelled(`wildcards in the filter ${name}`);
    if (name.startsWith('tag:')) return values.some((value) => tags?.get(name.slice('tag:'.length)) === value);
    const read = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!read) throw notModelled(`the filter ${name}`);
    return read(resource).some((value) => values.includes(value));
  });
}

function wellFormed(prefix: string, id: string): boolean {
  return new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id);
}
