/**
 * @module The VPC behind the API: what exists in it.
 *
 * Guarantees: what a test or a drill puts in here is checked against what is there already, and shows on the lab's
 * network when the call resolves. Changes made through the API go by `effects`. How the world was is kept for a while.
 */
import { randomBytes } from 'node:crypto';
import type { LabNetwork } from '../../net/network.ts';
import { type Account, arn } from '../account.ts';
import type { Timers } from '../timers.ts';
import { Versions } from '../versions.ts';
import { ClientTokens } from './client-tokens.ts';
import { Effects, type WorldTimes } from './effects.ts';
import { copyOfInventory, type Inventory } from './inventory.ts';
import { blockContains, blockRange, formatIpv4 } from './ipv4.ts';
import type {
  Instance,
  InstanceType,
  NetworkInterface,
  Secret,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
} from './model.ts';

export class World {
  readonly account: Account;
  readonly network: LabNetwork;
  readonly effects: Effects;
  readonly vpcs = new Map<string, Vpc>();
  readonly subnets = new Map<string, Subnet>();
  readonly securityGroups = new Map<string, SecurityGroup>();
  readonly networkInterfaces = new Map<string, NetworkInterface>();
  readonly instances = new Map<string, Instance>();
  readonly secrets = new Map<string, Secret>();
  /** Tags of whatever EC2 has an id for, and of secrets by their ARN. */
  readonly tags = new Map<string, Map<string, string>>();
  readonly clientTokens = new ClientTokens();
  /** The services that a function inside a VPC reaches, by VPC. */
  private readonly endpoints = new Map<string, Set<string>>();
  private readonly versions = new Versions<Inventory>(() => copyOfInventory(this));

  constructor(account: Account, network: LabNetwork, times: WorldTimes, timers: Timers) {
    this.account = account;
    this.network = network;
    this.effects = new Effects(this, network, times, timers);
  }

  /** To be called before anything changes that a Describe call shows. */
  changing(): void {
    this.versions.keep();
  }

  /** What a read sees that may be so old, in milliseconds. */
  asOf(staleMs = 0): Inventory {
    return this.versions.ago(staleMs) ?? this;
  }

  addVpc(spec: { readonly vpcId?: string; readonly cidrBlock: string }): Vpc {
    blockRange(spec.cidrBlock);
    const vpc = { vpcId: spec.vpcId ?? newId('vpc'), cidrBlock: spec.cidrBlock };
    this.changing();
    this.vpcs.set(vpc.vpcId, vpc);
    return vpc;
  }

  /** A VPC that nobody has added is taken to be the /16 around its first subnet. */
  addSubnet(spec: Omit<Subnet, 'subnetId'> & { readonly subnetId?: string }): Subnet {
    const { first } = blockRange(spec.cidrBlock);
    const subnet: Subnet = { ...spec, subnetId: spec.subnetId ?? newId('subnet') };
    if (!this.vpcs.has(subnet.vpcId)) {
      this.addVpc({ vpcId: subnet.vpcId, cidrBlock: `${formatIpv4(first - (first % 65_536))}/16` });
    }
    this.changing();
    this.subnets.set(subnet.subnetId, subnet);
    return subnet;
  }

  async addSecurityGroup(spec: {
    readonly groupId?: string;
    readonly groupName: string;
    readonly description?: string;
    readonly vpcId: string;
    readonly ingress?: readonly SecurityGroupRule[];
    readonly egress?: readonly SecurityGroupRule[];
  }): Promise<SecurityGroup> {
    const group: SecurityGroup = {
      groupId: spec.groupId ?? newId('sg'),
      groupName: spec.groupName,
      description: spec.description ?? spec.groupName,
      vpcId: spec.vpcId,
      ingress: [...(spec.ingress ?? [])],
      egress: [...(spec.egress ?? [])],
    };
    this.changing();
    this.securityGroups.set(group.groupId, group);
    await this.effects.applyIngress();
    return group;
  }

  /** Adds rules to a group and waits until the network has them: for setting the scene, before anything runs. */
  async authorizeIngress(groupId: string, rules: readonly SecurityGroupRule[]): Promise<void> {
    this.changing();
    known(this.securityGroups, groupId, 'security group').ingress.push(...rules);
    await this.effects.applyIngress();
  }

  /** An interface: in front of a host that already exists on the network, or on paper only. */
  async addNetworkInterface(spec: {
    readonly networkInterfaceId?: string;
    readonly subnetId: string;
    readonly host?: string | undefined;
    readonly address: string;
    readonly groupIds: readonly string[];
    readonly secondaryAddresses?: readonly string[];
    readonly description?: string;
  }): Promise<NetworkInterface> {
    const subnet = known(this.subnets, spec.subnetId, 'subnet');
    for (const address of [spec.address, ...(spec.secondaryAddresses ?? [])]) {
      if (!blockContains(subnet.cidrBlock, address)) {
        const whose = spec.host === undefined ? '' : ` of host ${spec.host}`;
        throw new RangeError(`${address}${whose} is outside ${subnet.subnetId} (${subnet.cidrBlock})`);
      }
    }
    for (const groupId of spec.groupIds) known(this.securityGroups, groupId, 'security group');
    const networkInterface: NetworkInterface = {
      networkInterfaceId: spec.networkInterfaceId ?? newId('eni'),
      subnet,
      description: spec.description ?? '',
      host: spec.host,
      privateIpAddress: spec.address,
      secondaryAddresses: new Set(spec.secondaryAddresses),
      groupIds: spec.groupIds,
      instanceId: undefined,
    };
    this.changing();
    this.networkInterfaces.set(networkInterface.networkInterfaceId, networkInterface);
    if (spec.host !== undefined) {
      for (const address of networkInterface.secondaryAddresses) await this.network.assignAddress(address, spec.host);
    }
    await this.effects.applyIngress();
    return networkInterface;
  }

  /** A running instance with one interface, whose host already exists on the network. */
  async addInstance(spec: {
    readonly instanceId?: string;
    readonly networkInterfaceId?: string;
    readonly name: string;
    readonly subnetId: string;
    readonly host: string;
    readonly address: string;
    readonly groupIds: readonly string[];
    readonly secondaryAddresses?: readonly string[];
    readonly disableApiStop?: boolean;
  }): Promise<Instance> {
    const networkInterface = await this.addNetworkInterface(spec);
    return this.putInstance({ ...spec, networkInterface });
  }

  /** Puts an instance behind an interface. It runs, as far as the API tells: nothing is started. */
  putInstance(spec: {
    readonly instanceId?: string;
    readonly name: string;
    readonly instanceType?: InstanceType;
    readonly networkInterface: NetworkInterface;
    readonly disableApiStop?: boolean;
  }): Instance {
    const instance: Instance = {
      instanceId: spec.instanceId ?? newId('i'),
      name: spec.name,
      instanceType: spec.instanceType ?? 'm7g.large',
      networkInterface: spec.networkInterface,
      launchTime: new Date(),
      state: 'running',
      stateReason: '',
      disableApiStop: spec.disableApiStop ?? false,
    };
    this.changing();
    spec.networkInterface.instanceId = instance.instanceId;
    this.instances.set(instance.instanceId, instance);
    if (spec.name !== '') this.tag(instance.instanceId, [['Name', spec.name]]);
    return instance;
  }

  /** Takes an interface away, and with it its addresses. */
  async removeNetworkInterface({ networkInterfaceId, secondaryAddresses, host }: NetworkInterface): Promise<void> {
    this.changing();
    this.networkInterfaces.delete(networkInterfaceId);
    if (host !== undefined) for (const address of secondaryAddresses) await this.network.unassignAddress(address);
    await this.effects.applyIngress();
  }

  /** Adds tags to whatever has this id, or replaces those of the same key. */
  tag(resourceId: string, tags: Iterable<readonly [key: string, value: string]>): void {
    this.changing();
    this.tags.set(resourceId, new Map([...(this.tags.get(resourceId) ?? []), ...tags]));
  }

  /**
   * Opens a door from a VPC to one service, such as `dynamodb`; to `*` for a NAT gateway, which opens all. A function
   * in a VPC without the right door waits for an answer in vain, as on AWS.
   */
  addVpcEndpoint(vpcId: string, service: string): void {
    this.endpoints.set(vpcId, new Set([...(this.endpoints.get(vpcId) ?? []), service]));
  }

  reaches(vpcId: string, service: string): boolean {
    const services = this.endpoints.get(vpcId);
    return services?.has(service) === true || services?.has('*') === true;
  }

  addSecret(name: string, value: string): Secret {
    const secret: Secret = {
      arn: arn(this.account, 'secretsmanager', `secret:${name}-${randomBytes(3).toString('hex')}`),
      name,
      value,
      createdAt: new Date(),
      versionId: crypto.randomUUID(),
    };
    this.secrets.set(name, secret);
    return secret;
  }

  /** The first address of a subnet that AWS doesn't reserve and nobody holds. @throws RangeError when it is full */
  freeAddress(subnetId: string): string {
    const { cidrBlock, vpcId } = known(this.subnets, subnetId, 'subnet');
    const { first, last } = blockRange(cidrBlock);
    for (let bits = first + 4; bits < last; bits += 1) {
      const address = formatIpv4(bits);
      if (!this.holderOf(address, vpcId)) return address;
    }
    throw new RangeError(`subnet ${subnetId} (${cidrBlock}) has no free address`);
  }

  /** The interface of a VPC that has an address, as primary or secondary; of any VPC unless one is named. */
  holderOf(address: string, vpcId?: string): NetworkInterface | undefined {
    return [...this.networkInterfaces.values()].find(
      (each) =>
        (each.privateIpAddress === address || each.secondaryAddresses.has(address)) &&
        (vpcId ?? each.subnet.vpcId) === each.subnet.vpcId,
    );
  }
}

/** Looks up what the lab's own code named. @throws RangeError that names what is missing */
export function known<T>(things: ReadonlyMap<string, T>, id: string, kind: string): T {
  const thing = things.get(id);
  if (thing === undefined) throw new RangeError(`the lab has no ${kind} ${id}: add it to the world first`);
  return thing;
}

function newId(prefix: string): string {
  return `${prefix}-${randomBytes(9).toString('hex').slice(0, 17)}`;
}
