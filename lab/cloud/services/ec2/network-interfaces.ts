/**
 * @module The EC2 calls on network interfaces, their groups and their addresses.
 *
 * Guarantees: an address has one holder; a call that is refused changes nothing. Groups are replaced as a whole.
 */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
import { Form } from '../../wire/form.ts';
import { blockContains, isReservedInSubnet, parseIpv4 } from '../../world/ipv4.ts';
import type { NetworkInterface, SecurityGroup } from '../../world/model.ts';
import type { World } from '../../world/world.ts';
import { answer, networkInterfaceXml, securityGroupXml, subnetXml } from './answers.ts';
import { stopIfDryRun } from './dry-run.ts';
import { type FilterTable, findNetworkInterface, findSecurityGroup, matches } from './lookup.ts';

const INTERFACE_FILTERS: FilterTable<NetworkInterface> = {
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

const GROUP_FILTERS: FilterTable<SecurityGroup> = {
  'group-id': (each) => [each.groupId],
  'group-name': (each) => [each.groupName],
  'vpc-id': (each) => [each.vpcId],
};

export function describeNetworkInterfaces(world: World, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const ids = form.list('NetworkInterfaceId');
  const filters = form.filters();
  form.end();
  const all = ids.length > 0 ? ids.map((id) => findNetworkInterface(world, id)) : [...world.networkInterfaces.values()];
  return answer(form.action, request.requestId, {
    networkInterfaceSet: {
      item: all
        .filter((each) => matches(each, filters, INTERFACE_FILTERS))
        .map((each) => networkInterfaceXml(world, each)),
    },
  });
}

export function describeSecurityGroups(world: World, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const ids = form.list('GroupId');
  const filters = form.filters();
  form.end();
  const all =
    ids.length > 0
      ? ids.map((id) => findSecurityGroup(world, id, 'InvalidGroup.NotFound'))
      : [...world.securityGroups.values()];
  return answer(form.action, request.requestId, {
    securityGroupInfo: {
      item: all.filter((each) => matches(each, filters, GROUP_FILTERS)).map((each) => securityGroupXml(world, each)),
    },
  });
}

export function describeSubnets(world: World, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const ids = form.list('SubnetId');
  form.end();
  const missing = ids.find((id) => !world.subnets.has(id));
  if (missing !== undefined) {
    throw new AwsError('InvalidSubnetID.NotFound', `The subnet ID '${missing}' does not exist`);
  }
  const subnets = ids.length > 0 ? ids.flatMap((id) => world.subnets.get(id) ?? []) : [...world.subnets.values()];
  return answer(form.action, request.requestId, { subnetSet: { item: subnets.map(subnetXml) } });
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
  for (const groupId of groupIds) {
    const group = findSecurityGroup(world, groupId, 'InvalidSecurityGroupID.NotFound');
    if (group.vpcId !== networkInterface.subnet.vpcId) {
      throw new AwsError(
        'InvalidParameterValue',
        'You have specified two resources that belong to different networks.',
      );
    }
  }
  stopIfDryRun(dryRun);
  await world.effects.setGroups(networkInterface, groupIds);
  return answer(form.action, request.requestId, { return: true });
}

/** Only named addresses; the lab hands out none by count. */
export async function assignPrivateIpAddresses(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const networkInterface = findNetworkInterface(world, form.required('NetworkInterfaceId'));
  const addresses = form.list('PrivateIpAddress');
  const allowReassignment = form.flag('AllowReassignment');
  form.end();
  if (addresses.length === 0) throw notModelled('AssignPrivateIpAddresses without PrivateIpAddresses');
  for (const address of addresses) checkAddress(networkInterface, address);
  const taken = addresses.filter((address) => {
    const holder = world.holderOf(address);
    if (holder?.privateIpAddress === address) throw new AwsError('InvalidParameterValue', 'secondary-addresses');
    return holder !== undefined && holder !== networkInterface;
  });
  if (taken.length > 0 && !allowReassignment) {
    throw new AwsError('InvalidParameterValue', `[${taken.join(', ')}] assigned, but move is not allowed.`);
  }
  await world.effects.moveAddresses(addresses, networkInterface);
  return answer(form.action, request.requestId, {
    networkInterfaceId: networkInterface.networkInterfaceId,
    assignedPrivateIpAddressesSet: { item: addresses.map((privateIpAddress) => ({ privateIpAddress })) },
    return: true,
  });
}

export async function unassignPrivateIpAddresses(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const networkInterface = findNetworkInterface(world, form.required('NetworkInterfaceId'));
  const addresses = form.list('PrivateIpAddress');
  form.end();
  if (addresses.length === 0) {
    throw new AwsError('MissingParameter', 'The request must contain the parameter PrivateIpAddress');
  }
  if (addresses.some((address) => !networkInterface.secondaryAddresses.has(address))) {
    throw new AwsError(
      'InvalidParameterValue',
      `Some of the specified addresses are not assigned to interface ${networkInterface.networkInterfaceId}`,
    );
  }
  await world.effects.releaseAddresses(addresses, networkInterface);
  return answer(form.action, request.requestId, { return: true });
}

function checkAddress({ subnet }: NetworkInterface, address: string): void {
  if (parseIpv4(address) === undefined) {
    throw new AwsError('InvalidParameterValue', `invalid value for parameter address: ${address}`);
  }
  if (!blockContains(subnet.cidrBlock, address)) {
    throw new AwsError('InvalidParameterValue', "Address does not fall within the subnet's address range");
  }
  if (isReservedInSubnet(subnet.cidrBlock, address)) {
    throw new AwsError('InvalidParameterValue', `Address ${address} is in subnet's reserved range.`);
  }
}
