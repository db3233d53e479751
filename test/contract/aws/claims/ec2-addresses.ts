import { DescribeInstanceTypesCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { refusal, refusalOf } from '../clients.ts';
import type { Claim } from '../contract.ts';
import { INSTANCE_TYPE, MOST_ADDRESSES } from '../fixtures/network.ts';
import { assign, holdersOf } from '../probes/network.ts';

export function ec2AddressContract(claim: Claim): void {
  claim('a reassigned address leaves its old interface: it never has two holders', ['vipReassign'], async (scene) => {
    const network = await scene.network();
    const vip = network.nextAddress();
    const [from, to] = [await network.addInterface({ secondaryAddress: vip }), await network.addInterface()];
    expect(await holdersOf(scene, vip, [from, to])).toEqual([from]);
    const { AssignedPrivateIpAddresses } = await assign(scene, to, vip, true);
    expect(AssignedPrivateIpAddresses?.map((each) => each.PrivateIpAddress)).toEqual([vip]);
    await scene.eventually(async () => expect(await holdersOf(scene, vip, [from, to])).toEqual([to]));
  });

  claim('an address is assigned again to the interface that has it, without harm', [], async (scene) => {
    const network = await scene.network();
    const vip = network.nextAddress();
    const holder = await network.addInterface({ secondaryAddress: vip });
    expect(await refusal(assign(scene, holder, vip, true))).toBe('accepted');
    await scene.eventually(async () => expect(await holdersOf(scene, vip, [holder])).toEqual([holder]));
  });

  claim(
    'an address that another interface holds is not given away without AllowReassignment',
    ['addressesChecked'],
    async (scene) => {
      const network = await scene.network();
      const vip = network.nextAddress();
      const [holder, other] = [await network.addInterface({ secondaryAddress: vip }), await network.addInterface()];
      expect(await refusalOf(assign(scene, other, vip, false))).toMatchObject({
        name: 'InvalidParameterValue',
        message: expect.stringContaining('move is not allowed'),
      });
      expect(await holdersOf(scene, vip, [holder, other])).toEqual([holder]);
    },
  );

  claim(
    'neither an address of another subnet is assigned, nor one that AWS keeps, nor the primary one of another interface',
    ['addressesChecked'],
    async (scene) => {
      const network = await scene.network();
      const vip = network.nextAddress();
      const [other, id] = [await network.addInterface({ secondaryAddress: vip }), await network.addInterface()];
      const primary = vip.replace(/\d+$/, (last) => String(Number(last) + 1));
      expect(await holdersOf(scene, primary, [other])).toEqual([other]);
      const codes = [];
      for (const address of ['10.42.2.9', '10.42.1.3', primary])
        codes.push(await refusal(assign(scene, id, address, true)));
      expect(codes).toEqual(codes.map(() => 'InvalidParameterValue'));
    },
  );

  claim(
    'an interface holds no more addresses than the type of its instance allows',
    ['addressLimit'],
    async (scene) => {
      const { ec2 } = scene.clients;
      const { InstanceTypes } = await ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: [INSTANCE_TYPE] }));
      expect(InstanceTypes?.[0]?.NetworkInfo?.Ipv4AddressesPerInterface).toBe(MOST_ADDRESSES);
      const network = await scene.network();
      const { networkInterfaceId } = await network.addInstance();
      expect(await refusal(assign(scene, networkInterfaceId, network.nextAddress(), false))).toBe('accepted');
      expect(await refusal(assign(scene, networkInterfaceId, network.nextAddress(), false))).toBe(
        'PrivateIpAddressLimitExceeded',
      );
    },
  );

  claim('an unknown interface and an unknown subnet are refused', [], async (scene) => {
    const unknown = assign(scene, 'eni-0fedcba9876543210', '10.42.1.250', true);
    expect(await refusal(unknown)).toBe('InvalidNetworkInterfaceID.NotFound');
    const subnet = scene.clients.ec2.send(new DescribeSubnetsCommand({ SubnetIds: ['subnet-0fedcba9876543210'] }));
    expect(await refusal(subnet)).toBe('InvalidSubnetID.NotFound');
  });

  claim('a subnet tells its block and its zone', [], async (scene) => {
    const { subnetId, vpcId } = await scene.network();
    const { Subnets } = await scene.clients.ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] }));
    expect(Subnets).toMatchObject([
      { VpcId: vpcId, CidrBlock: '10.42.1.0/24', AvailabilityZone: `${scene.endpoint.client.region}a` },
    ]);
  });
}
