/**
 * `Network` in memory: the instances and interfaces of a cluster, the VIP on the first.
 *
 * - A stop takes `stopMs`: 64 (stopping) at once, then 80 (stopped), when `onStopped` is told. Asked again it changes
 *   nothing.
 * - An address moves `remapMs` after the answer, away from whoever has it.
 * - Interfaces are shown with the groups that they had `staleMs` ago.
 * - A method named in `failing` rejects with `CloudError` and changes nothing; one in `slow` answers after that long.
 * - What changes is written down in `effects`.
 *
 * @module
 */
import type { ClusterConfig, NodeConfig } from '../../lib/core/config.ts';
import { CloudError } from '../../lib/core/errors.ts';
import type { Clock, Instance, Network, NetworkInterface } from '../../lib/ports/cloud.ts';

type Method = keyof Network;

export class FakeNetwork implements Network {
  readonly failing = new Set<Method>();
  readonly slow = new Map<Method, number>();
  stopMs = 5_000;
  remapMs = 0;
  staleMs = 0;
  onStopped: (instanceId: string) => void = () => {};
  readonly #instances: Map<string, Instance>;
  readonly #interfaces: Map<string, NetworkInterface & { readonly instanceId: string }>;
  /** The groups of an interface before each change, and until when. */
  readonly #groupsBefore: { readonly id: string; readonly groups: readonly string[]; readonly untilMs: number }[] = [];
  readonly #effects: string[];
  readonly #clock: Clock;
  readonly #fenceGroup: string;

  constructor(cluster: ClusterConfig, fenceGroup: string, effects: string[], clock: Clock) {
    this.#fenceGroup = fenceGroup;
    this.#effects = effects;
    this.#clock = clock;
    this.#instances = new Map(
      cluster.nodes.map(({ instanceId: id }) => [id, { id, stateCode: 16, stateName: 'running' }]),
    );
    this.#interfaces = new Map(
      cluster.nodes.map(({ networkInterfaceId: id, instanceId, subnetId, address }, index) => [
        id,
        {
          id,
          instanceId,
          subnetId,
          addresses: index === 0 ? [address, cluster.route.address] : [address],
          groups: ['sg-1'],
        },
      ]),
    );
  }

  hasAddress(node: NodeConfig, address: string): boolean {
    return this.#interfaceById(node.networkInterfaceId).addresses.includes(address);
  }

  isIsolated(node: NodeConfig): boolean {
    return this.#interfaceById(node.networkInterfaceId).groups.join() === this.#fenceGroup;
  }

  /** Makes EC2 say of an instance what a test wants. */
  setState(instanceId: string, stateCode: number, stateName: string): void {
    this.#instances.set(instanceId, { id: instanceId, stateCode, stateName });
  }

  async instance(instanceId: string): Promise<Instance> {
    await this.#called('instance');
    return this.#instanceById(instanceId);
  }

  async interfacesOf(instanceId: string): Promise<readonly NetworkInterface[]> {
    await this.#called('interfacesOf');
    const attached = [...this.#interfaces.values()].filter((each) => each.instanceId === instanceId);
    return attached.map((each) => this.#asShown(each));
  }

  async interface(id: string): Promise<NetworkInterface> {
    await this.#called('interface');
    return this.#asShown(this.#interfaceById(id));
  }

  async setGroups(id: string, groups: readonly string[]): Promise<void> {
    await this.#called('setGroups');
    const before = this.#interfaceById(id);
    this.#groupsBefore.push({ id, groups: before.groups, untilMs: this.#clock.now() });
    this.#interfaces.set(id, { ...before, groups });
    this.#effects.push(`${id} has groups ${groups.join()}`);
  }

  async stop(instanceId: string): Promise<void> {
    await this.#called('stop');
    if (this.#instanceById(instanceId).stateCode !== 16) return;
    this.setState(instanceId, 64, 'stopping');
    this.#effects.push(`${instanceId} is to stop`);
    void this.#clock.sleep(this.stopMs).then(() => {
      this.setState(instanceId, 80, 'stopped');
      this.onStopped(instanceId);
    });
  }

  async assignAddress(id: string, address: string): Promise<void> {
    await this.#called('assignAddress');
    if (this.#interfaceById(id).addresses.includes(address)) return;
    this.#effects.push(`${id} gets ${address}`);
    const move = () => {
      for (const each of this.#interfaces.values()) {
        const others = each.addresses.filter((one) => one !== address);
        this.#interfaces.set(each.id, { ...each, addresses: each.id === id ? [...others, address] : others });
      }
    };
    if (this.remapMs === 0) move();
    else void this.#clock.sleep(this.remapMs).then(move);
  }

  async #called(method: Method): Promise<void> {
    const slowMs = this.slow.get(method);
    if (slowMs !== undefined) await this.#clock.sleep(slowMs);
    if (this.failing.has(method)) throw new CloudError(`${method} failed`);
  }

  #asShown<Shown extends NetworkInterface>(shown: Shown): Shown {
    const atMs = this.#clock.now() - this.staleMs;
    const before = this.#groupsBefore.find(({ id, untilMs }) => id === shown.id && untilMs > atMs);
    return before === undefined ? shown : { ...shown, groups: before.groups };
  }

  #instanceById(id: string): Instance {
    const instance = this.#instances.get(id);
    if (instance === undefined) throw new CloudError(`there is no instance ${id}`);
    return instance;
  }

  #interfaceById(id: string) {
    const found = this.#interfaces.get(id);
    if (found === undefined) throw new CloudError(`there is no interface ${id}`);
    return found;
  }
}
