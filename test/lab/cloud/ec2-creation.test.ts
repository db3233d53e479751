/** What the contract suite does not ask, as nobody else needs to answer it so: the lab's own rules for what is made by the wire. */
import {
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcsCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type LabAccount, openAccount } from './lab-account.ts';

let account: LabAccount;
let ImageId: string | undefined;
let VpcId: string | undefined;
let SubnetId: string | undefined;
beforeAll(async () => {
  account = await openAccount();
  const { ec2 } = account;
  ImageId = (await ec2.send(new DescribeImagesCommand({}))).Images?.[0]?.ImageId;
  VpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId;
  SubnetId = (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/28' }))).Subnet?.SubnetId;
});
afterAll(() => account.close());

const code = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (error: Error) => error.name,
  );
const run = (more: Partial<RunInstancesCommandInput>) =>
  account.ec2.send(new RunInstancesCommand({ ImageId, InstanceType: 't4g.micro', MinCount: 1, MaxCount: 1, ...more }));

describe('RunInstances', () => {
  test('makes as many as it is asked for, each with its own address, tagged, in the group of the VPC', async () => {
    const tags = [{ ResourceType: 'instance' as const, Tags: [{ Key: 'Name', Value: 'db' }] }];
    const { Instances = [] } = await run({ SubnetId, MinCount: 2, MaxCount: 2, TagSpecifications: tags });
    expect(Instances.map(({ State }) => State?.Name)).toEqual(['pending', 'pending']);
    expect(new Set(Instances.map(({ PrivateIpAddress }) => PrivateIpAddress)).size).toBe(2);
    expect(Instances[0]?.SecurityGroups?.map(({ GroupName }) => GroupName)).toEqual(['default']);
    const filters = [
      { Name: 'tag:Name', Values: ['db'] },
      { Name: 'vpc-id', Values: [VpcId ?? ''] },
    ];
    const { Reservations } = await account.ec2.send(new DescribeInstancesCommand({ Filters: filters }));
    expect(Reservations).toHaveLength(2);
    expect(account.network.power).toEqual([]);
    const InstanceIds = Instances.map(({ InstanceId }) => InstanceId ?? '');
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
  });

  test('takes an interface that is there, once', async () => {
    const { NetworkInterface } = await account.ec2.send(
      new CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddress: '10.0.1.9' }),
    );
    const id = NetworkInterface?.NetworkInterfaceId;
    expect(NetworkInterface).toMatchObject({ Status: 'available', PrivateIpAddress: '10.0.1.9' });
    const NetworkInterfaces = [{ DeviceIndex: 0, NetworkInterfaceId: id }];
    const { Instances = [] } = await run({ NetworkInterfaces });
    expect(Instances[0]).toMatchObject({ PrivateIpAddress: '10.0.1.9' });
    expect(await code(run({ NetworkInterfaces }))).toBe('InvalidNetworkInterface.InUse');
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds: [Instances[0]?.InstanceId ?? ''] }));
  });

  test.each([
    ['what can not be an image', { ImageId: 'nonsense' }, 'InvalidAMIID.Malformed'],
    ['a type that the lab does not know', { InstanceType: 'p5.48xlarge' }, 'InvalidParameterValue'],
    ['a subnet that is not there', { SubnetId: 'subnet-0fedcba9876543210' }, 'InvalidSubnetID.NotFound'],
    ['no subnet, as there is no default VPC', { SubnetId: undefined }, 'VPCIdNotSpecified'],
    ['a group that is not there', { SecurityGroupIds: ['sg-0fedcba9876543210'] }, 'InvalidGroup.NotFound'],
    ['one address for two instances', { PrivateIpAddress: '10.0.1.6', MaxCount: 2 }, 'InvalidParameterCombination'],
    ['less than one instance', { MinCount: 0 }, 'InvalidParameterValue'],
    ['a key pair, which the lab does not model', { KeyName: 'k' }, 'NotImplemented'],
    ['a dry run', { DryRun: true }, 'DryRunOperation'],
  ] as const)('refuses %s, and makes nothing', async (_what, more, expected) => {
    const before = account.cloud.world.instances.size;
    expect(await code(run({ SubnetId, ...(more as Partial<RunInstancesCommandInput>) }))).toBe(expected);
    expect(account.cloud.world.instances.size).toBe(before);
  });

  test('refuses what a full subnet has no address for', async () => {
    await vi.waitFor(() => expect(account.cloud.world.networkInterfaces.size).toBe(2));
    const call = (count: number) => run({ SubnetId, MinCount: count, MaxCount: count });
    // A /28 has sixteen addresses, of which AWS keeps five.
    expect(await code(call(12))).toBe('InsufficientFreeAddressesInSubnet');
    const { Instances = [] } = await call(11);
    expect(await code(call(1))).toBe('InsufficientFreeAddressesInSubnet');
    const InstanceIds = Instances.map(({ InstanceId }) => InstanceId ?? '');
    await account.ec2.send(new TerminateInstancesCommand({ InstanceIds }));
    await vi.waitFor(() => expect(account.cloud.world.networkInterfaces.size).toBe(2));
  });
});

test.each([
  ['10.0.1.0/25', 'InvalidSubnet.Conflict'],
  ['10.1.0.0/24', 'InvalidSubnet.Range'],
  ['10.0.2.0/29', 'InvalidSubnet.Range'],
  ['10.0.2', 'InvalidParameterValue'],
])('a subnet %s is refused: %s', async (CidrBlock, expected) => {
  expect(await code(account.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock })))).toBe(expected);
});

test('the same address may be in two VPCs', async () => {
  const { ec2 } = account;
  const twin = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId;
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: twin, CidrBlock: '10.0.1.0/28' }));
  const create = (subnetId: string | undefined) =>
    code(ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: subnetId, PrivateIpAddress: '10.0.1.5' })));
  expect([await create(SubnetId), await create(Subnet?.SubnetId), await create(SubnetId)]).toEqual([
    'accepted',
    'accepted',
    'InvalidIPAddress.InUse',
  ]);
});

test('a VPC goes when nothing is in it, and its own group with it', async () => {
  const { ec2 } = account;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const id = Vpc?.VpcId;
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: id, CidrBlock: '10.9.1.0/24' }));
  const group = new CreateSecurityGroupCommand({ VpcId: id, GroupName: 'db', Description: 'd' });
  const { GroupId } = await ec2.send(group);
  expect(await code(ec2.send(group))).toBe('InvalidGroup.Duplicate');
  const remove = () => code(ec2.send(new DeleteVpcCommand({ VpcId: id })));
  expect(await remove()).toBe('DependencyViolation');
  await ec2.send(new DeleteSubnetCommand({ SubnetId: Subnet?.SubnetId }));
  expect(await remove()).toBe('DependencyViolation');
  await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
  const own = [{ Name: 'vpc-id', Values: [id ?? ''] }];
  const groups = async () =>
    (await ec2.send(new DescribeSecurityGroupsCommand({ Filters: own }))).SecurityGroups?.map((each) => each.GroupName);
  expect(await groups()).toEqual(['default']);
  expect(await remove()).toBe('accepted');
  expect(await groups()).toEqual([]);
});

test('tags that are added later are described and found', async () => {
  const { ec2 } = account;
  const Resources = [VpcId ?? ''];
  await ec2.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'stage', Value: 'test' }] }));
  const find = async (stage: string) =>
    (await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'tag:stage', Values: [stage] }] }))).Vpcs;
  expect(await find('test')).toMatchObject([{ VpcId, Tags: [{ Key: 'stage', Value: 'test' }] }]);
  expect(await find('live')).toEqual([]);
});
