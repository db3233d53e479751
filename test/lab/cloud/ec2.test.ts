import {
  AssignPrivateIpAddressesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  ModifyInstanceAttributeCommand,
  ModifyNetworkInterfaceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  UnassignPrivateIpAddressesCommand,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type LabAccount, openAccount, VIP } from './lab-account.ts';

let account: LabAccount;
beforeEach(async () => {
  account = await openAccount();
});
afterEach(() => account.close());

/** The error code of a refused call. */
async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'accepted',
    (error: Error) => error.name,
  );
}

const eniOf = (instance: LabAccount['old']) => instance.networkInterface.networkInterfaceId;

describe('DescribeInstances', () => {
  test('tells state, address, placement and interfaces of the instances it is asked for', async () => {
    const { ec2, old } = account;
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [old.instanceId] }));
    const [instance] = Reservations?.[0]?.Instances ?? [];
    expect(Reservations).toHaveLength(1);
    expect(instance).toMatchObject({
      InstanceId: old.instanceId,
      State: { Code: 16, Name: 'running' },
      PrivateIpAddress: '127.42.1.11',
      SubnetId: 'subnet-0000000a',
      Placement: { AvailabilityZone: 'eu-west-1a' },
      Tags: [{ Key: 'Name', Value: 'db-1' }],
    });
    expect(instance?.NetworkInterfaces?.[0]?.PrivateIpAddresses).toMatchObject([
      { PrivateIpAddress: '127.42.1.11', Primary: true },
      { PrivateIpAddress: VIP, Primary: false },
    ]);
  });

  test.each([
    ['i-nonsense', 'InvalidInstanceID.Malformed'],
    ['i-0123456789abcdef0', 'InvalidInstanceID.NotFound'],
  ])('refuses %s with %s', async (id, code) => {
    expect(await refusal(account.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] })))).toBe(code);
  });

  test('finds an instance by exact filters and refuses a filter that it does not model', async () => {
    const { ec2, next } = account;
    const find = (Name: string, Values: string[]) =>
      ec2.send(new DescribeInstancesCommand({ Filters: [{ Name, Values }] }));
    const { Reservations } = await find('private-ip-address', ['127.42.1.12', '127.42.1.1']);
    expect(Reservations?.map((each) => each.Instances?.[0]?.InstanceId)).toEqual([next.instanceId]);
    expect(await refusal(find('image-id', ['ami-1']))).toBe('NotImplemented');
  });
});

describe('StopInstances', () => {
  test('answers while the instance is stopping, then the host is dead and the instance is stopped', async () => {
    const { ec2, old, network } = account;
    const answer = await ec2.send(
      new StopInstancesCommand({ InstanceIds: [old.instanceId], Force: true, SkipOsShutdown: true }),
    );
    expect(answer.StoppingInstances).toMatchObject([
      { CurrentState: { Code: 64, Name: 'stopping' }, PreviousState: { Code: 16, Name: 'running' } },
    ]);
    expect(network.power).toEqual([]);
    await vi.waitFor(() => expect(old.state).toBe('stopped'));
    expect(network.power).toEqual(['off db-1']);
  });

  test('is idempotent: stopping a stopped instance changes nothing', async () => {
    const { ec2, old, network } = account;
    const stop = () => ec2.send(new StopInstancesCommand({ InstanceIds: [old.instanceId] }));
    await stop();
    await stop();
    await vi.waitFor(() => expect(old.state).toBe('stopped'));
    const again = await stop();
    expect(again.StoppingInstances?.[0]?.CurrentState?.Code).toBe(80);
    expect(network.power).toEqual(['off db-1']);
  });

  test('is refused as long as DisableApiStop is set, and no instance of the batch is touched', async () => {
    const { ec2, old, next } = account;
    const protect = (Value: boolean) =>
      ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: next.instanceId, DisableApiStop: { Value } }));
    const stop = () => ec2.send(new StopInstancesCommand({ InstanceIds: [old.instanceId, next.instanceId] }));
    await protect(true);
    const attribute = await ec2.send(
      new DescribeInstanceAttributeCommand({ InstanceId: next.instanceId, Attribute: 'disableApiStop' }),
    );
    expect(attribute.DisableApiStop?.Value).toBe(true);
    expect(await refusal(stop())).toBe('OperationNotPermitted');
    expect([old.state, next.state]).toEqual(['running', 'running']);
    await protect(false);
    expect(await refusal(stop())).toBe('accepted');
  });

  test('with DryRun says what would happen and stops nothing', async () => {
    const { ec2, old } = account;
    const error = await ec2
      .send(new StopInstancesCommand({ InstanceIds: [old.instanceId], DryRun: true }))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'DryRunOperation', $metadata: { httpStatusCode: 412 } });
    expect(old.state).toBe('running');
  });
});

test('StartInstances refuses a stopping instance and gives a stopped one its power back', async () => {
  const { ec2, old, network } = account;
  const start = () => ec2.send(new StartInstancesCommand({ InstanceIds: [old.instanceId] }));
  await ec2.send(new StopInstancesCommand({ InstanceIds: [old.instanceId] }));
  expect(await refusal(start())).toBe('IncorrectInstanceState');
  await vi.waitFor(() => expect(old.state).toBe('stopped'));
  expect((await start()).StartingInstances?.[0]?.CurrentState?.Name).toBe('pending');
  await vi.waitFor(() => expect(old.state).toBe('running'));
  expect(network.power).toEqual(['off db-1', 'on db-1']);
});

describe('ModifyNetworkInterfaceAttribute', () => {
  test('replaces the whole set of groups at once, and new connections are judged by it a moment later', async () => {
    const { ec2, old, network, cloud } = account;
    expect(network.ingress.get('db-1')).toEqual([{ from: '127.42.9.0/24', fromPort: 0, toPort: 65_535 }]);
    const fence = await cloud.world.addSecurityGroup({ groupName: 'fence', vpcId: 'vpc-0000000a' });
    await ec2.send(
      new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId: eniOf(old), Groups: [fence.groupId] }),
    );
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [eniOf(old)] }),
    );
    expect(NetworkInterfaces?.[0]?.Groups).toEqual([{ GroupId: fence.groupId, GroupName: 'fence' }]);
    expect(network.ingress.get('db-1')).toHaveLength(1);
    await vi.waitFor(() => expect(network.ingress.get('db-1')).toEqual([]));
    expect(network.ingress.get('db-2')).toHaveLength(1);
  });

  test('refuses an empty set, an unknown group and an unknown interface', async () => {
    const { ec2, old } = account;
    const modify = (NetworkInterfaceId: string, Groups: string[]) =>
      refusal(ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups })));
    expect(await modify(eniOf(old), [])).toBe('InvalidParameterCombination');
    expect(await modify(eniOf(old), ['sg-0123456789abcdef0'])).toBe('InvalidGroup.NotFound');
    expect(await modify('eni-0123456789abcdef0', [])).toBe('InvalidNetworkInterfaceID.NotFound');
  });
});

test('a rule that names a group admits the addresses of its members, the moved ones too', async () => {
  const { ec2, cloud, network, clients } = account;
  const client = await cloud.world.addNetworkInterface({
    subnetId: 'subnet-0000000a',
    host: 'app',
    address: '127.42.1.50',
    groupIds: [clients.groupId],
  });
  const from = () => network.ingress.get('db-1')?.map((rule) => rule.from);
  expect(from()).toEqual(['127.42.1.50', '127.42.9.0/24']);
  await ec2.send(
    new AssignPrivateIpAddressesCommand({
      NetworkInterfaceId: client.networkInterfaceId,
      PrivateIpAddresses: ['127.42.1.51'],
    }),
  );
  await vi.waitFor(() => expect(from()).toEqual(['127.42.1.50', '127.42.1.51', '127.42.9.0/24']));
});

describe('AssignPrivateIpAddresses', () => {
  const assign = (instance: LabAccount['old'], address: string, AllowReassignment = true) =>
    account.ec2.send(
      new AssignPrivateIpAddressesCommand({
        NetworkInterfaceId: eniOf(instance),
        PrivateIpAddresses: [address],
        AllowReassignment,
      }),
    );

  test('takes the address from its old interface at once, and packets follow a moment later', async () => {
    const { ec2, old, next, network } = account;
    const answer = await assign(next, VIP);
    expect(answer.AssignedPrivateIpAddresses).toEqual([{ PrivateIpAddress: VIP }]);
    const { NetworkInterfaces } = await ec2.send(
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'addresses.private-ip-address', Values: [VIP] }] }),
    );
    expect(NetworkInterfaces?.map((each) => each.NetworkInterfaceId)).toEqual([eniOf(next)]);
    expect(old.networkInterface.secondaryAddresses.size).toBe(0);
    expect(network.addresses.get(VIP)).toBe('db-1');
    await vi.waitFor(() => expect(network.addresses.get(VIP)).toBe('db-2'));
  });

  test('of two moves in a row the later one wins', async () => {
    const { old, next, network } = account;
    await assign(next, VIP);
    await assign(old, VIP);
    await vi.waitFor(() => expect(old.networkInterface.secondaryAddresses.has(VIP)).toBe(true));
    await vi.waitFor(() => expect(network.addresses.get(VIP)).toBe('db-1'));
  });

  test.each([
    ['an address that another interface holds, without AllowReassignment', VIP, false, /move is not allowed/],
    ["another interface's primary address", '127.42.1.11', true, /secondary-addresses/],
    ['an address outside the subnet', '127.42.2.5', true, /does not fall within the subnet/],
    ['an address that AWS keeps', '127.42.1.3', true, /reserved range/],
    ['what is no address', 'localhost', true, /invalid value/],
  ])('refuses %s', async (_what, address, allowReassignment, message) => {
    const error = await assign(account.next, address, allowReassignment).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'InvalidParameterValue', message: expect.stringMatching(message) });
    expect(account.old.networkInterface.secondaryAddresses.has(VIP)).toBe(true);
  });

  test('an unassigned address is delivered to nobody', async () => {
    const { ec2, old, next, network } = account;
    const unassign = (NetworkInterfaceId: string) =>
      ec2.send(new UnassignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses: [VIP] }));
    expect(await refusal(unassign(eniOf(next)))).toBe('InvalidParameterValue');
    await unassign(eniOf(old));
    await vi.waitFor(() => expect(network.addresses.has(VIP)).toBe(false));
  });
});

test('DescribeSecurityGroups tells the rules and refuses a group that is not there', async () => {
  const { ec2, databases, clients } = account;
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [databases.groupId] }));
  expect(SecurityGroups?.[0]?.IpPermissions).toMatchObject([
    { IpProtocol: 'tcp', FromPort: 3306, ToPort: 3306, UserIdGroupPairs: [{ GroupId: clients.groupId }] },
    { IpProtocol: '-1', IpRanges: [{ CidrIp: '127.42.9.0/24' }] },
  ]);
  const missing = ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: ['sg-0123456789abcdef0'] }));
  expect(await refusal(missing)).toBe('InvalidGroup.NotFound');
});

test('a parameter that the lab does not model is refused by name, never ignored', async () => {
  const error = await account.ec2
    .send(new DescribeInstancesCommand({ MaxResults: 5 }))
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('MaxResults') });
});
