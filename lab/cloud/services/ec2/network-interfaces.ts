/**
 * @module The EC2 calls on network interfaces and their groups.
 *
 * Guarantees: a call that is refused changes nothing. Groups are replaced as a whole. What is created by the wire exists
 * on paper only: no host of the lab's network is behind it.
 */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { Form } from '../../wire/form.ts';
import type { NetworkInterface, SecurityGroup, Subnet } from '../../world/model.ts';
import type { Inventory } from '../../world/inventory.ts';
import type { World } from '../../world/world.ts';
import { answer, networkInterfaceXml } from './answers.ts';
import { stopIfDryRun } from './dry-run.ts';
import { type FilterTable, findNetworkInterface, findSecurityGroup, findSubnet, matches } from './lookup.ts';
import { checkAddress } from './private-addresses.ts';
import { readTagSpecifications, type Tag } from './tags.ts';

/** AWS's default quota. */
const MOST_GROUPS = 5;

const FILTERS: FilterTable<NetworkInterface> = {
  'network-interface-id': (each) => [each.networkInterfaceId],
  'addresses.private-ip-address': (each) => [each.privateIpAddress, ...each.secondaryAddresses],
  'private-ip-address': (each) => [each.privateIpAddress],
  'attachment.instance-id': (each) => (each.instanceId ? [each.instanceId] : []),
  'subnet-id': (each) => [each.subnet.subnetId],
  'vpc-id': (each) => [each.subnet.vpcId],
  'availability-zone': (each) => [each.subnet.availabilityZone],
  'group-id': (each) => each.groupIds,
  description: (each) => [each.description],
};

export function describeNetworkInterfaces(world: Inventory, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const ids = form.list('NetworkInterfaceId');
  const filters = form.filters();
  form.end();
  const all = ids.length > 0 ? ids.map((id) => findNetworkInterface(world, id)) : [...world.networkInterfaces.values()];
  return answer(form.action, request.requestId, {
    networkInterfaceSet: {
      item: all
        .filter((each) => matches(each, filters, FILTERS, world.tags.get(each.networkInterfaceId)))
        .map((each) => networkInterfaceXml(world, each)),
    },
  });
}

export async function createNetworkInterface(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const token = form.text('ClientToken');
  const networkInterface = await world.clientTokens.once(form.action, token, async () => {
    const draft = readInterface(world, form, '', findSubnet(world, form.required('SubnetId')));
    const tags = readTagSpecifications(form, 'network-interface');
    const dryRun = form.flag('DryRun');
    form.end();
    stopIfDryRun(dryRun);
    return addInterface(world, draft, tags);
  });
  return answer(form.action, request.requestId, {
    networkInterface: networkInterfaceXml(world, networkInterface),
    ...(token !== undefined && { clientToken: token }),
  });
}

export async function deleteNetworkInterface(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const networkInterface = findNetworkInterface(world, form.required('NetworkInterfaceId'));
  const dryRun = form.flag('DryRun');
  form.end();
  stopIfDryRun(dryRun);
  const { networkInterfaceId, instanceId, host } = networkInterface;
  if (instanceId !== undefined || host !== undefined) {
    throw new AwsError('InvalidParameterValue', `Network interface '${networkInterfaceId}' is currently in use.`);
  }
  await world.removeNetworkInterface(networkInterface);
  return answer(form.action, request.requestId, { return: true });
}

/** Groups only, and the whole set at once. */
export async function modifyNetworkInterfaceAttribute(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const networkInterface = findNetworkInterface(world, form.required('NetworkInterfaceId'));
  const groupIds = form.list('SecurityGroupId');
  const dryRun = form.flag('DryRun');
  form.end();
  if (groupIds.length === 0) {
    throw new AwsError('InvalidParameterCombination', 'No attributes specified; name at least one security group.');
  }
  checkGroups(
    networkInterface.subnet,
    groupIds.map((groupId) => findSecurityGroup(world, groupId)),
  );
  stopIfDryRun(dryRun);
  await world.effects.setGroups(networkInterface, groupIds);
  return answer(form.action, request.requestId, { return: true });
}

export interface InterfaceDraft {
  readonly subnet: Subnet;
  readonly address: string | undefined;
  readonly secondaryAddresses: readonly string[];
  readonly groupIds: readonly string[];
  readonly description: string;
}

/**
 * Reads what CreateNetworkInterface says of an interface, and what RunInstances does below `NetworkInterface.1.`.
 *
 * @throws AwsError for an address or a group that the subnet can't have
 */
export function readInterface(world: World, form: Form, prefix: string, subnet: Subnet): InterfaceDraft {
  const single = form.text(`${prefix}PrivateIpAddress`);
  const listed = form.structures(`${prefix}PrivateIpAddresses`).map((each) => ({
    address: form.required(`${each}.PrivateIpAddress`),
    primary: form.flag(`${each}.Primary`),
  }));
  const address = single ?? listed.find(({ primary }) => primary)?.address;
  const secondaryAddresses = listed.filter(({ primary }) => !primary).map((each) => each.address);
  for (const each of [...(address === undefined ? [] : [address]), ...secondaryAddresses]) {
    checkAddress(subnet, each);
    if (world.holderOf(each, subnet.vpcId)) {
      throw new AwsError('InvalidIPAddress.InUse', `Address ${each} is in use.`);
    }
  }
  const forNewInterface = form.action === 'CreateNetworkInterface';
  const named = form.list(`${prefix}SecurityGroupId`);
  const groups = named.map((groupId) => findSecurityGroup(world, groupId, { forNewInterface }));
  checkGroups(subnet, groups);
  const isDefault = (each: SecurityGroup) => each.vpcId === subnet.vpcId && each.groupName === 'default';
  const ofVpc = [...world.securityGroups.values()].find(isDefault);
  return {
    subnet,
    address,
    secondaryAddresses,
    groupIds: named.length > 0 ? named : ofVpc ? [ofVpc.groupId] : [],
    description: form.text(`${prefix}Description`) ?? '',
  };
}

/** @throws AwsError `InsufficientFreeAddressesInSubnet` */
export async function addInterface(
  world: World,
  { subnet, address, ...draft }: InterfaceDraft,
  tags: readonly Tag[] = [],
): Promise<NetworkInterface> {
  const networkInterface = await world.addNetworkInterface({
    ...draft,
    subnetId: subnet.subnetId,
    address: address ?? freeAddress(world, subnet),
  });
  world.tag(networkInterface.networkInterfaceId, tags);
  return networkInterface;
}

function freeAddress(world: World, { subnetId }: Subnet): string {
  try {
    return world.freeAddress(subnetId);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `Insufficient free addresses in subnet '${subnetId}'.`;
    throw new AwsError('InsufficientFreeAddressesInSubnet', message);
  }
}

function checkGroups(subnet: Subnet, groups: readonly SecurityGroup[]): void {
  if (groups.some((group) => group.vpcId !== subnet.vpcId)) {
    throw new AwsError('InvalidGroup.NotFound', 'You have specified two resources that belong to different networks.');
  }
  if (groups.length > MOST_GROUPS) {
    throw new AwsError(
      'SecurityGroupsPerInterfaceLimitExceeded',
      'The maximum number of security groups per interface has been reached.',
    );
  }
}
