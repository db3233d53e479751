import { describe, expect, test } from 'vitest';
import { ingressOf } from '../../../lab/cloud/world/ingress.ts';
import { blockContains, blockRange, formatIpv4, isReservedInSubnet, parseIpv4 } from '../../../lab/cloud/world/ipv4.ts';
import type { NetworkInterface, SecurityGroup, SecurityGroupRule } from '../../../lab/cloud/world/model.ts';
import { openAccount } from './lab-account.ts';

describe('IPv4', () => {
  test.each(['1.2.3', '1.2.3.256', '1.2.3.x', '01.2.3.4567', ''])('%j is no address', (text) => {
    expect(parseIpv4(text)).toBeUndefined();
  });

  test('an address survives its way through 32 bits', () => {
    for (const address of ['0.0.0.0', '10.42.1.11', '255.255.255.255']) {
      expect(formatIpv4(parseIpv4(address) ?? -1)).toBe(address);
    }
  });

  test.each([
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.42.1.7/24', '10.42.1.0', true],
    ['0.0.0.0/0', '200.1.1.1', true],
    ['10.42.1.7', '10.42.1.7', true],
    ['10.42.1.7/32', '10.42.1.8', false],
  ])('%s contains %s: %s', (block, address, expected) => {
    expect(blockContains(block, address)).toBe(expected);
  });

  test.each(['10.0.0.0/33', '10.0.0/8', 'everywhere'])('%s is refused as a block', (block) => {
    expect(() => blockRange(block)).toThrow(`${block} is not an IPv4 block`);
  });

  test('the first four addresses of a subnet and the last are reserved', () => {
    const reserved = [0, 3, 4, 254, 255].map((last) => isReservedInSubnet('10.42.1.0/24', `10.42.1.${last}`));
    expect(reserved).toEqual([true, true, false, false, true]);
  });
});

describe('ingress', () => {
  const group = (groupId: string, ...ingress: SecurityGroupRule[]): SecurityGroup => ({
    groupId,
    groupName: groupId,
    description: groupId,
    vpcId: 'vpc-1',
    ingress,
    egress: [],
  });
  const tcp = (source: SecurityGroupRule['source'], port: number): SecurityGroupRule => ({
    source,
    protocol: 'tcp',
    fromPort: port,
    toPort: port,
  });
  const member = (privateIpAddress: string, ...groupIds: string[]): NetworkInterface => ({
    networkInterfaceId: `eni-${privateIpAddress}`,
    subnet: { subnetId: 's', vpcId: 'vpc-1', cidrBlock: '10.42.1.0/24', availabilityZone: 'a' },
    description: '',
    host: privateIpAddress,
    privateIpAddress,
    secondaryAddresses: new Set(),
    groupIds,
    instanceId: undefined,
  });

  test('groups add up, doubles vanish, and the order does not depend on that of the groups', () => {
    const groups = new Map([
      ['a', group('a', tcp({ cidr: '10.0.0.0/8' }, 3306), tcp({ cidr: '10.0.0.0/8' }, 22))],
      ['b', group('b', tcp({ cidr: '10.0.0.0/8' }, 3306))],
    ]);
    const rules = ingressOf(member('10.42.1.4', 'a', 'b'), groups, []);
    expect(rules.map((rule) => rule.fromPort)).toEqual([22, 3306]);
    expect(ingressOf(member('10.42.1.4', 'b', 'a'), groups, [])).toEqual(rules);
  });

  test('no group, or a group without rules, lets nobody in', () => {
    const groups = new Map([['a', group('a')]]);
    expect(ingressOf(member('10.42.1.4', 'a'), groups, [])).toEqual([]);
    expect(ingressOf(member('10.42.1.4'), groups, [])).toEqual([]);
  });

  test('flows from anybody are untracked where the answer may go to anybody at any port, and only there', () => {
    const anybody = { cidr: '0.0.0.0/0' };
    const out = { source: anybody, protocol: '-1', fromPort: -1, toPort: -1 };
    const ingress = [tcp(anybody, 3306), tcp({ cidr: '10.0.0.0/8' }, 3306)];
    const untracked = (egress: SecurityGroupRule[]) =>
      ingressOf(member('10.42.1.4', 'a'), new Map([['a', { ...group('a', ...ingress), egress }]]), []).map((rule) => [
        rule.from,
        rule.untracked ?? false,
      ]);
    expect(untracked([out])).toEqual([
      ['0.0.0.0/0', true],
      ['10.0.0.0/8', false],
    ]);
    expect(untracked([tcp(anybody, 443)])).toEqual([
      ['0.0.0.0/0', false],
      ['10.0.0.0/8', false],
    ]);
    expect(untracked([])).toEqual([
      ['0.0.0.0/0', false],
      ['10.0.0.0/8', false],
    ]);
  });

  test('a rule that names a group admits the members that it has now', () => {
    const groups = new Map([
      ['db', group('db', tcp({ groupId: 'app' }, 3306))],
      ['app', group('app')],
    ]);
    const database = member('10.42.1.4', 'db');
    const members = [database, member('10.42.1.5', 'app'), member('10.42.1.6', 'app', 'db')];
    expect(ingressOf(database, groups, members).map((rule) => rule.from)).toEqual(['10.42.1.5', '10.42.1.6']);
  });
});

test('the world refuses a host outside its subnet and a group that is not there', async () => {
  const account = await openAccount();
  const { world } = account.cloud;
  const spec = { subnetId: 'subnet-0000000a', host: 'h', address: '127.42.1.20', groupIds: [] };
  await expect(world.addNetworkInterface({ ...spec, address: '127.42.2.20' })).rejects.toThrow(
    '127.42.2.20 of host h is outside subnet-0000000a (127.42.1.0/24)',
  );
  await expect(world.addNetworkInterface({ ...spec, groupIds: ['sg-1'] })).rejects.toThrow(
    'the lab has no security group sg-1',
  );
  await account.close();
});
