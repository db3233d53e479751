/**
 * @module The VPC behind the API: what exists, and how it shows on the lab's network.
 *
 * Guarantees: every change that a guest could notice reaches the network through this class, in the order in which it
 * was made. What the API reports changes at once; the network follows after the settings' times, as on AWS.
 */
import { randomBytes } from 'node:crypto';
import type { LabNetwork } from '../../net/network.ts';
import { type Account, arn } from '../account.ts';
import type { Timers } from '../timers.ts';
import { ingressOf } from './ingress.ts';
import { blockContains, blockRange, formatIpv4 } from './ipv4.ts';
import type { Instance, NetworkInterface, Secret, SecurityGroup, SecurityGroupRule, Subnet } from './model.ts';

/** How long AWS takes to do what it has accepted; the defaults in `DEFAULT_TIMES` are guesses. */
export interface WorldTimes {
  /** From `stopping` to `stopped`; the host runs on until then. */
  readonly stopTimeMs: number;
  /** From `pending` to `running`. */
  readonly startTimeMs: number;
  /** From the answer of AssignPrivateIpAddresses to packets that arrive at the new host. */
  readonly remapTimeMs: number;
  /** From a change of groups to its effect on new connections. */
  readonly groupChangeTimeMs: number;
}

export const DEFAULT_TIMES: WorldTimes = {
  stopTimeMs: 15_000,
  startTimeMs: 5_000,
  remapTimeMs: 500,
  groupChangeTimeMs: 200,
};

export class World {
  readonly account: Account;
  readonly network: LabNetwork;
  readonly times: WorldTimes;
  readonly subnets = new Map<string, Subnet>();
  readonly securityGroups = new Map<string, SecurityGroup>();
  readonly networkInterfaces = new Map<string, NetworkInterface>();
  readonly instances = new Map<string, Instance>();
  readonly secrets = new Map<string, Secret>();
  /** What the network was last told, by host: an unchanged host isn't touched. */
  private readonly appliedIngress = new Map<string, string>();
  private effects: Promise<void> = Promise.resolve();
  private readonly timers: Timers;

  constructor(account: Account, network: LabNetwork, times: WorldTimes, timers: Timers) {
    this.account = account;
    this.network = network;
    this.times = times;
    this.timers = timers;
  }

  addSubnet(subnet: Subnet): Subnet {
    blockRange(subnet.cidrBlock);
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
    this.securityGroups.set(group.groupId, group);
    await this.applyIngress();
    return group;
  }

  /** Adds rules to a group and waits until the network has them: for setting the scene, before anything runs. */
  async authorizeIngress(groupId: string, rules: readonly SecurityGroupRule[]): Promise<void> {
    known(this.securityGroups, groupId, 'security group').ingress.push(...rules);
    await this.applyIngress();
  }

  /** Puts an interface in front of a host that already exists on the network. */
  async addNetworkInterface(spec: {
    readonly subnetId: string;
    readonly host: string;
    readonly address: string;
    readonly groupIds: readonly string[];
    readonly secondaryAddresses?: readonly string[];
    readonly description?: string;
    readonly instanceId?: string;
  }): Promise<NetworkInterface> {
    const subnet = known(this.subnets, spec.subnetId, 'subnet');
    for (const address of [spec.address, ...(spec.secondaryAddresses ?? [])]) {
      if (!blockContains(subnet.cidrBlock, address)) {
        throw new RangeError(`${address} of host ${spec.host} is outside ${subnet.subnetId} (${subnet.cidrBlock})`);
      }
    }
    for (const groupId of spec.groupIds) known(this.securityGroups, groupId, 'security group');
    const networkInterface: NetworkInterface = {
      networkInterfaceId: newId('eni'),
      subnet,
      description: spec.description ?? '',
      host: spec.host,
      privateIpAddress: spec.address,
      secondaryAddresses: new Set(spec.secondaryAddresses),
      groupIds: spec.groupIds,
      instanceId: spec.instanceId,
    };
    this.networkInterfaces.set(networkInterface.networkInterfaceId, networkInterface);
    for (const address of networkInterface.secondaryAddresses) await this.network.assignAddress(address, spec.host);
    await this.applyIngress();
    return networkInterface;
  }

  /** A running instance with one interface, whose host already exists on the network. */
  async addInstance(spec: {
    readonly name: string;
    readonly subnetId: string;
    readonly host: string;
    readonly address: string;
    readonly groupIds: readonly string[];
    readonly secondaryAddresses?: readonly string[];
    readonly disableApiStop?: boolean;
  }): Promise<Instance> {
    const instanceId = newId('i');
    const networkInterface = await this.addNetworkInterface({ ...spec, instanceId });
    const instance: Instance = {
      instanceId,
      name: spec.name,
      networkInterface,
      launchTime: new Date(),
      state: 'running',
      stateReason: '',
      disableApiStop: spec.disableApiStop ?? false,
    };
    this.instances.set(instanceId, instance);
    return instance;
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
    const { cidrBlock } = known(this.subnets, subnetId, 'subnet');
    const { first, last } = blockRange(cidrBlock);
    for (let bits = first + 4; bits < last; bits += 1) {
      const address = formatIpv4(bits);
      if (!this.holderOf(address)) return address;
    }
    throw new RangeError(`subnet ${subnetId} (${cidrBlock}) has no free address`);
  }

  /** The interface that has an address, as primary or secondary. */
  holderOf(address: string): NetworkInterface | undefined {
    return [...this.networkInterfaces.values()].find(
      (each) => each.privateIpAddress === address || each.secondaryAddresses.has(address),
    );
  }

  /** Replaces the groups of an interface. New connections are judged by them after `groupChangeTimeMs`. */
  setGroups(networkInterface: NetworkInterface, groupIds: readonly string[]): Promise<void> {
    networkInterface.groupIds = groupIds;
    return this.timers.after(this.times.groupChangeTimeMs, () => this.applyIngress());
  }

  /** Takes addresses from whoever has them. Packets follow after `remapTimeMs`; a later move wins over an earlier. */
  moveAddresses(addresses: readonly string[], to: NetworkInterface): Promise<void> {
    for (const address of addresses) {
      if (to.privateIpAddress === address) continue;
      this.holderOf(address)?.secondaryAddresses.delete(address);
      to.secondaryAddresses.add(address);
    }
    return this.followAddresses(addresses);
  }

  /** Takes secondary addresses away. */
  releaseAddresses(addresses: readonly string[], from: NetworkInterface): Promise<void> {
    for (const address of addresses) from.secondaryAddresses.delete(address);
    return this.followAddresses(addresses);
  }

  /** Accepts a stop: `stopping` now, a dead host and `stopped` after `stopTimeMs`. */
  stop(instance: Instance): Promise<void> {
    instance.state = 'stopping';
    instance.stateReason = 'Client.UserInitiatedShutdown';
    return this.timers.after(this.times.stopTimeMs, () =>
      this.effect(async () => {
        await this.network.powerOff(instance.networkInterface.host);
        instance.state = 'stopped';
      }),
    );
  }

  /** Accepts a start: `pending` now, a host with power and nothing running after `startTimeMs`. */
  start(instance: Instance): Promise<void> {
    instance.state = 'pending';
    instance.stateReason = '';
    return this.timers.after(this.times.startTimeMs, () =>
      this.effect(async () => {
        await this.network.powerOn(instance.networkInterface.host);
        instance.state = 'running';
      }),
    );
  }

  private followAddresses(addresses: readonly string[]): Promise<void> {
    return this.timers.after(this.times.remapTimeMs, async () => {
      await this.effect(async () => {
        for (const address of addresses) {
          const holder = this.holderOf(address);
          if (holder) await this.network.assignAddress(address, holder.host);
          else await this.network.unassignAddress(address);
        }
      });
      await this.applyIngress();
    });
  }

  private applyIngress(): Promise<void> {
    return this.effect(async () => {
      for (const each of this.networkInterfaces.values()) {
        const rules = ingressOf(each, this.securityGroups, this.networkInterfaces.values());
        const fingerprint = JSON.stringify(rules);
        if (this.appliedIngress.get(each.host) === fingerprint) continue;
        await this.network.setIngress(each.host, rules);
        this.appliedIngress.set(each.host, fingerprint);
      }
    });
  }

  /** One at a time and in order: two changes of one host must not overtake each other. */
  private effect(work: () => Promise<void>): Promise<void> {
    const done = this.effects.then(work);
    this.effects = done.catch(() => undefined);
    return done;
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
