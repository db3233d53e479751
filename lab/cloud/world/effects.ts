/**
 * @module How changes of the world reach the lab's network.
 *
 * Guarantees: every change that a guest could notice goes through here, one at a time and in the order in which it
 * takes effect. What the API reports changes at once; the network follows after the settings' times, as on AWS.
 */
import type { LabNetwork } from '../../net/network.ts';
import type { Timers } from '../timers.ts';
import { ingressOf } from './ingress.ts';
import type { Inventory } from './inventory.ts';
import type { Instance, InstanceState, NetworkInterface } from './model.ts';

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

/** What the effects are computed from. */
interface ChangingInventory extends Pick<Inventory, 'securityGroups' | 'networkInterfaces'> {
  holderOf(address: string, vpcId?: string): NetworkInterface | undefined;
  /** Told before each change. */
  changing(): void;
}

export class Effects {
  private readonly inventory: ChangingInventory;
  private readonly network: LabNetwork;
  private readonly times: WorldTimes;
  private readonly timers: Timers;
  /** Told of each state that an instance enters. */
  onInstanceState: (instance: Instance) => void = () => undefined;
  /** What the network was last told, by host: an unchanged host isn't touched. */
  private readonly appliedIngress = new Map<string, string>();
  private last: Promise<void> = Promise.resolve();

  constructor(inventory: ChangingInventory, network: LabNetwork, times: WorldTimes, timers: Timers) {
    this.inventory = inventory;
    this.network = network;
    this.times = times;
    this.timers = timers;
  }

  /** Replaces the groups of an interface. New connections are judged by them after `groupChangeTimeMs`. */
  setGroups(networkInterface: NetworkInterface, groupIds: readonly string[]): Promise<void> {
    this.inventory.changing();
    networkInterface.groupIds = groupIds;
    return this.rulesChanged();
  }

  /** Call it when the rules of a group are others. New connections are judged by them after `groupChangeTimeMs`. */
  rulesChanged(): Promise<void> {
    return this.timers.after(this.times.groupChangeTimeMs, () => this.applyIngress());
  }

  /** Takes addresses from whoever has them. Packets follow after `remapTimeMs`; a later move wins over an earlier. */
  moveAddresses(addresses: readonly string[], to: NetworkInterface): Promise<void> {
    this.inventory.changing();
    for (const address of addresses) {
      if (to.privateIpAddress === address) continue;
      this.inventory.holderOf(address, to.subnet.vpcId)?.secondaryAddresses.delete(address);
      to.secondaryAddresses.add(address);
    }
    return this.followAddresses(addresses, to.subnet.vpcId);
  }

  /** Takes secondary addresses away. */
  releaseAddresses(addresses: readonly string[], from: NetworkInterface): Promise<void> {
    this.inventory.changing();
    for (const address of addresses) from.secondaryAddresses.delete(address);
    return this.followAddresses(addresses, from.subnet.vpcId);
  }

  /** Accepts a stop: `stopping` now, a dead host and `stopped` after `stopTimeMs`. */
  stop(instance: Instance): Promise<void> {
    this.enter(instance, 'stopping', 'Client.UserInitiatedShutdown');
    return this.goOn(instance, this.times.stopTimeMs, 'stopped', (host) => this.network.powerOff(host));
  }

  /** Accepts a start: `pending` now, a host with power and nothing running after `startTimeMs`. */
  start(instance: Instance): Promise<void> {
    this.enter(instance, 'pending', '');
    return this.goOn(instance, this.times.startTimeMs, 'running', (host) => this.network.powerOn(host));
  }

  /** Accepts the end of an instance: `shutting-down` now, a dead host and `terminated` after `stopTimeMs`. */
  terminate(instance: Instance, afterwards: () => Promise<void>): Promise<void> {
    this.enter(instance, 'shutting-down', 'Client.UserInitiatedShutdown');
    const powerOff = (host: string) => this.network.powerOff(host);
    return this.goOn(instance, this.times.stopTimeMs, 'terminated', powerOff, afterwards);
  }

  /** Ends a transition after its time, unless another has begun meanwhile. */
  private goOn(
    instance: Instance,
    delayMs: number,
    to: InstanceState,
    power: (host: string) => Promise<void>,
    afterwards: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const from = instance.state;
    return this.timers.after(delayMs, async () => {
      await this.inOrder(async () => {
        if (instance.state !== from) return;
        const { host } = instance.networkInterface;
        if (host !== undefined) await power(host);
        this.enter(instance, to);
      });
      await afterwards();
    });
  }

  private enter(instance: Instance, state: InstanceState, stateReason = instance.stateReason): void {
    this.inventory.changing();
    instance.state = state;
    instance.stateReason = stateReason;
    this.onInstanceState(instance);
  }

  private followAddresses(addresses: readonly string[], vpcId: string): Promise<void> {
    return this.timers.after(this.times.remapTimeMs, async () => {
      await this.inOrder(async () => {
        for (const address of addresses) {
          const host = this.inventory.holderOf(address, vpcId)?.host;
          if (host !== undefined) await this.network.assignAddress(address, host);
          else await this.network.unassignAddress(address);
        }
      });
      await this.applyIngress();
    });
  }

  /** Tells the network who may now open connections to whom; hosts for which nothing changed are left alone. */
  applyIngress(): Promise<void> {
    return this.inOrder(async () => {
      for (const each of this.inventory.networkInterfaces.values()) {
        if (each.host === undefined) continue;
        const rules = ingressOf(each, this.inventory.securityGroups, this.inventory.networkInterfaces.values());
        const fingerprint = JSON.stringify(rules);
        if (this.appliedIngress.get(each.host) === fingerprint) continue;
        await this.network.setIngress(each.host, rules);
        this.appliedIngress.set(each.host, fingerprint);
      }
    });
  }

  /** One at a time and in order: two changes of one host must not overtake each other. */
  private inOrder(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}
