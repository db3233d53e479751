/**
 * `Network` on EC2.
 *
 * @module
 */
import {
  AssignPrivateIpAddressesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  StopInstancesCommand,
  type NetworkInterface as Ec2Interface,
} from '@aws-sdk/client-ec2';
import { CloudError } from '../../core/errors.ts';
import type { Network, NetworkInterface } from '../../ports/cloud.ts';
import { calling, clientSettings } from './client.ts';

export function ec2Network(client = new EC2Client(clientSettings())): Network {
  return {
    async instance(instanceId) {
      const answer = await calling(`DescribeInstances ${instanceId}`, () =>
        client.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] })),
      );
      const found = answer.Reservations?.[0]?.Instances?.[0];
      if (found?.InstanceId === undefined || found.State?.Code === undefined) {
        throw new CloudError(`DescribeInstances ${instanceId} answered without a state`);
      }
      return { id: found.InstanceId, stateCode: found.State.Code, stateName: found.State.Name ?? 'unknown' };
    },

    async interfacesOf(instanceId) {
      const answer = await calling(`DescribeNetworkInterfaces of ${instanceId}`, () =>
        client.send(
          new DescribeNetworkInterfacesCommand({
            Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }],
          }),
        ),
      );
      return (answer.NetworkInterfaces ?? []).map(toInterface);
    },

    async interface(networkInterfaceId) {
      const answer = await calling(`DescribeNetworkInterfaces ${networkInterfaceId}`, () =>
        client.send(new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterfaceId] })),
      );
      const found = answer.NetworkInterfaces?.[0];
      if (found === undefined) throw new CloudError(`DescribeNetworkInterfaces ${networkInterfaceId} found nothing`);
      return toInterface(found);
    },

    async setGroups(networkInterfaceId, groups) {
      await calling(`ModifyNetworkInterfaceAttribute ${networkInterfaceId}`, () =>
        client.send(
          new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: networkInterfaceId, Groups: [...groups] }),
        ),
      );
    },

    async stop(instanceId) {
      await calling(`StopInstances ${instanceId}`, () =>
        client.send(new StopInstancesCommand({ InstanceIds: [instanceId], Force: true, SkipOsShutdown: true })),
      );
    },

    async assignAddress(networkInterfaceId, address) {
      await calling(`AssignPrivateIpAddresses ${address} to ${networkInterfaceId}`, () =>
        client.send(
          new AssignPrivateIpAddressesCommand({
            NetworkInterfaceId: networkInterfaceId,
            PrivateIpAddresses: [address],
            AllowReassignment: true,
          }),
        ),
      );
    },
  };
}

function toInterface(found: Ec2Interface): NetworkInterface {
  return {
    id: found.NetworkInterfaceId ?? '',
    subnetId: found.SubnetId ?? '',
    // Filters on addresses match prefixes or primary addresses only in places, so the caller compares exact ones.
    addresses: (found.PrivateIpAddresses ?? []).flatMap((each) => each.PrivateIpAddress ?? []),
    groups: (found.Groups ?? []).flatMap((group) => group.GroupId ?? []),
  };
}
