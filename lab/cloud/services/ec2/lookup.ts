/** @module Finds what an EC2 call names, or refuses it in EC2's words. */
import type { Instance, NetworkInterface, SecurityGroup } from '../../world/model.ts';
import type { World } from '../../world/world.ts';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
import type { Filter } from '../../wire/form.ts';

/** @throws AwsError `InvalidInstanceID.Malformed`, `InvalidInstanceID.NotFound` */
export function findInstances(world: World, ids: readonly string[]): readonly Instance[] {
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

export function findInstance(world: World, id: string): Instance {
  const [instance] = findInstances(world, [id]);
  if (!instance) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  return instance;
}

/** @throws AwsError `InvalidNetworkInterfaceId.Malformed`, `InvalidNetworkInterfaceID.NotFound` */
export function findNetworkInterface(world: World, id: string): NetworkInterface {
  if (!wellFormed('eni', id)) {
    throw new AwsError('InvalidNetworkInterfaceId.Malformed', `Invalid id: "${id}" (expecting "eni-...")`);
  }
  const networkInterface = world.networkInterfaces.get(id);
  if (networkInterface) return networkInterface;
  throw new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
}

/**
 * EC2 has two codes for a missing group: `InvalidGroup.NotFound` where groups are described, and
 * `InvalidSecurityGroupID.NotFound` where a network interface is to use one. A caller should know both.
 */
export function findSecurityGroup(
  world: World,
  id: string,
  notFound: 'InvalidGroup.NotFound' | 'InvalidSecurityGroupID.NotFound',
): SecurityGroup {
  if (!wellFormed('sg', id)) {
    throw new AwsError('InvalidGroupId.Malformed', `Invalid id: "${id}" (expecting "sg-...")`);
  }
  const group = world.securityGroups.get(id);
  if (group) return group;
  throw new AwsError(notFound, `The security group '${id}' does not exist`);
}

/** For a filter name, the values that a resource has under it. */
export type FilterTable<T> = Readonly<Record<string, (resource: T) => readonly string[]>>;

/** Filters are joined by "and", a filter's values by "or". @throws AwsError for a filter that the lab doesn't know */
export function matches<T>(resource: T, filters: readonly Filter[], table: FilterTable<T>): boolean {
  return filters.every(({ name, values }) => {
    const read = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!read) throw notModelled(`the filter ${name}`);
    if (values.some((value) => /[*?]/.test(value))) throw notModelled(`wildcards in the filter ${name}`);
    return read(resource).some((value) => values.includes(value));
  });
}

function wellFormed(prefix: string, id: string): boolean {
  return new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id);
}
