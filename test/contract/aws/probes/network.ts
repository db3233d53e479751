/** @module Probes of addresses and groups. */
import {
  AssignPrivateIpAddressesCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  ModifyNetworkInterfaceAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Probe } from '../capabilities.ts';
import { refusal } from '../clients.ts';
import { MOST_ADDRESSES } from '../fixtures/network.ts';
import type { Scene } from '../scene.ts';

export const networkProbes = {
  vipReassign: {
    title: 'AssignPrivateIpAddresses takes an address from its old interface',
    async lack(scene) {
      const network = await scene.network();
      const address = network.nextAddress();
      const from = await network.addInterface({ secondaryAddress: address });
      const to = await network.addInterface();
      await assign(scene, to, address, true);
      const holders = await holdersOf(scene, address, [from, to]);
      return holders.length === 1 ? undefined : `the address has ${holders.length} holders`;
    },
  },
  addressesChecked: {
    title: 'AssignPrivateIpAddresses looks at the subnet and at the holder of an address',
    async lack(scene) {
      const code = await refusal(assign(scene, await (await scene.network()).addInterface(), '10.42.2.9', true));
      return code === 'InvalidParameterValue' ? undefined : `an address of another subnet: ${code}`;
    },
  },
  addressLimit: {
    title: 'an interface holds as many addresses as the type of its instance allows',
    async lack(scene) {
      const network = await scene.network();
      const { networkInterfaceId } = await network.addInstance();
      const addresses = Array.from({ length: MOST_ADDRESSES }, () => network.nextAddress());
      const code = await refusal(assign(scene, networkInterfaceId, addresses, false));
      return code === 'PrivateIpAddressLimitExceeded' ? undefined : `one address too many: ${code}`;
    },
  },
  groupsReplace: {
    title: 'ModifyNetworkInterfaceAttribute replaces the whole set of groups',
    async lack(scene) {
      const network = await scene.network();
      const id = await network.addInterface();
      const wanted = [network.groupId, network.fenceGroupId].toSorted();
      await setGroups(scene, id, wanted);
      const groups = await groupsOf(scene, id);
      return groups.join() === wanted.join() ? undefined : `of two groups that were set it has ${groups.length}`;
    },
  },
  groupsChecked: {
    title: 'ModifyNetworkInterfaceAttribute looks whether there is such a group, in the same VPC',
    async lack(scene) {
      const id = await (await scene.network()).addInterface();
      const code = await refusal(setGroups(scene, id, ['sg-0fedcba9876543210']));
      return code === 'InvalidGroup.NotFound' ? undefined : `an unknown group: ${code}`;
    },
  },
  groupLimit: {
    title: 'an interface has at most five groups',
    async lack(scene) {
      const network = await scene.network();
      const groups = await Promise.all(Array.from({ length: 6 }, () => network.addGroup()));
      const code = await refusal(setGroups(scene, await network.addInterface(), groups));
      return code === 'SecurityGroupsPerInterfaceLimitExceeded' ? undefined : `six groups: ${code}`;
    },
  },
  dependencies: {
    title: 'what something else depends on is not deleted',
    async lack(scene) {
      const network = await scene.network();
      const GroupId = await network.addGroup();
      await setGroups(scene, await network.addInterface(), [GroupId]);
      const code = await refusal(scene.clients.ec2.send(new DeleteSecurityGroupCommand({ GroupId })));
      return code === 'DependencyViolation' ? undefined : `the deletion of a group that an interface has: ${code}`;
    },
  },
  clientTokens: {
    title: 'a repeated client token creates nothing again',
    async lack(scene) {
      const network = await scene.network();
      const clientToken = scene.name('token');
      const ids = [await network.addInterface({ clientToken }), await network.addInterface({ clientToken })];
      return ids[0] === ids[1] ? undefined : 'the second call made another interface';
    },
  },
} satisfies Record<string, Probe>;

export function assign({ clients }: Scene, id: string, address: string | readonly string[], reassign: boolean) {
  return clients.ec2.send(
    new AssignPrivateIpAddressesCommand({
      NetworkInterfaceId: id,
      PrivateIpAddresses: [address].flat(),
      AllowReassignment: reassign,
    }),
  );
}

export function setGroups({ clients }: Scene, id: string, groups: readonly string[]) {
  return clients.ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: id, Groups: [...groups] }));
}

/** Sorted. */
export async function groupsOf(scene: Scene, id: string): Promise<readonly string[]> {
  const [found] = await describeInterfaces(scene, [id]);
  return (found?.Groups ?? []).map(({ GroupId }) => GroupId ?? '').toSorted();
}

/** Exact addresses are compared here: filters match prefixes in some implementations. */
export async function holdersOf(scene: Scene, address: string, ids: readonly string[]) {
  const found = await describeInterfaces(scene, ids);
  return found
    .filter((each) => each.PrivateIpAddresses?.some(({ PrivateIpAddress }) => PrivateIpAddress === address))
    .map((each) => each.NetworkInterfaceId);
}

async function describeInterfaces({ clients }: Scene, ids: readonly string[]) {
  const { NetworkInterfaces = [] } = await clients.ec2.send(
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [...ids] }),
  );
  return NetworkInterfaces;
}
