/**
 * @module The EC2 calls on the private addresses of network interfaces.
 *
 * Guarantees: an address has one holder; a call that is refused changes nothing.
 */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
import { Form } from '../../wire/form.ts';
import { blockContains, isReservedInSubnet, parseIpv4 } from '../../world/ipv4.ts';
import { ADDRESSES_PER_INTERFACE, type NetworkInterface, type Subnet } from '../../world/model.ts';
import type { World } from '../../world/world.ts';
import { answer } from './answers.ts';
import { findNetworkInterface } from './lookup.ts';

/** Only named addresses; the lab hands out none by count. */
export async function assignPrivateIpAddresses(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const networkInterface = findNetworkInterface(world, form.required('NetworkInterfaceId'));
  const addresses = form.list('PrivateIpAddress');
  const allowReassignment = form.flag('AllowReassignment');
  form.end();
  if (addresses.length === 0) throw notModelled('AssignPrivateIpAddresses without PrivateIpAddresses');
  for (const address of addresses) checkAddress(networkInterface.subnet, address);
  const taken = addresses.filter((address) => {
    const holder = world.holderOf(address, networkInterface.subnet.vpcId);
    if (holder?.privateIpAddress === address) throw new AwsError('InvalidParameterValue', 'secondary-addresses');
    return holder !== undefined && holder !== networkInterface;
  });
  if (taken.length > 0 && !allowReassignment) {
    throw new AwsError('InvalidParameterValue', `[${taken.join(', ')}] assigned, but move is not allowed.`);
  }
  checkRoom(world, networkInterface, addresses);
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

/** @throws AwsError `InvalidParameterValue` unless a guest of the subnet could have the address */
export function checkAddress(subnet: Subnet, address: string): void {
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

/** The type of the instance limits what one interface holds. @throws AwsError `PrivateIpAddressLimitExceeded` */
function checkRoom(world: World, { instanceId, secondaryAddresses }: NetworkInterface, more: readonly string[]): void {
  const instance = world.instances.get(instanceId ?? '');
  const addresses = 1 + new Set([...secondaryAddresses, ...more]).size;
  if (!instance || addresses <= ADDRESSES_PER_INTERFACE[instance.instanceType]) return;
  throw new AwsError('PrivateIpAddressLimitExceeded', 'Number of private addresses will exceed limit.');
}
