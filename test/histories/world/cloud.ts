/**
 * Instances, interfaces and the record as they really are. A stop takes its time, and so does the move of an address.
 *
 * @module
 */
import type { NodeConfig } from '../../../lib/core/config.ts';
import { CloudError } from '../../../lib/core/errors.ts';
import type { Instance, NetworkInterface } from '../../../lib/ports/cloud.ts';
import type { Timeline } from '../timeline.ts';
import type { Fleet } from './fleet.ts';
import type { Server } from './server.ts';

export const FENCE_GROUP = 'sg-fence';
const RUNNING: Omit<Instance, 'id'> = { stateCode: 16, stateName: 'running' };
const STOPPING: Omit<Instance, 'id'> = { stateCode: 64, stateName: 'stopping' };
const STOPPED: Omit<Instance, 'id'> = { stateCode: 80, stateName: 'stopped' };

export class Cloud {
  /** Node whose interface has the VIP, and the address in the record. */
  vip: string;
  record: string;
  readonly isolated = new Set<string>();
  /** Told when an address has moved. */
  onMoved: () => void = () => {};
  readonly #states = new Map<string, Omit<Instance, 'id'>>();
  readonly #fleet: Fleet;
  readonly #timeline: Timeline;
  readonly #address: string;
  readonly #times: { readonly stopMs: number; readonly remapMs: number };

  constructor(
    fleet: Fleet,
    timeline: Timeline,
    address: string,
    times: { readonly stopMs: number; readonly remapMs: number },
  ) {
    this.#fleet = fleet;
    this.#timeline = timeline;
    this.#address = address;
    this.#times = times;
    this.vip = 'db-1';
    this.record = address;
  }

  /** The server that has an address, or undefined. */
  at(address: string): Server | undefined {
    if (address === this.#address) return this.#fleet.server(this.vip);
    return this.#fleet.servers.find((each) => each.node.address === address);
  }

  instance(id: string): Instance {
    return { id, ...(this.#states.get(this.nodeOf((node) => node.instanceId === id).id) ?? RUNNING) };
  }

  interface(id: string): NetworkInterface {
    return this.#interface(this.nodeOf((node) => node.networkInterfaceId === id));
  }

  interfacesOf(instanceId: string): NetworkInterface[] {
    return [this.#interface(this.nodeOf((node) => node.instanceId === instanceId))];
  }

  stop(node: NodeConfig): void {
    if (this.#states.has(node.id)) return;
    this.#states.set(node.id, STOPPING);
    const stopped = () => {
      if (this.#states.get(node.id) === STOPPING) this.#stopped(node.id);
    };
    if (this.#times.stopMs >= 0) this.#timeline.after(this.#times.stopMs, stopped);
  }

  #stopped(nodeId: string): void {
    this.#states.set(nodeId, STOPPED);
    const server = this.#fleet.server(nodeId);
    Object.assign(server, { powered: false, process: 'down', generation: server.generation + 1 });
    server.waiting = [];
    server.queued = [];
  }

  start(nodeId: string): void {
    this.#states.delete(nodeId);
    this.isolated.delete(nodeId);
    this.#fleet.server(nodeId).powered = true;
  }

  isStopped(nodeId: string): boolean {
    return this.#states.get(nodeId) === STOPPED;
  }

  assign(node: NodeConfig): void {
    this.#timeline.after(this.#times.remapMs, () => {
      this.vip = node.id;
      this.onMoved();
    });
  }

  nodeOf(is: (node: NodeConfig) => boolean): NodeConfig {
    const found = this.#fleet.servers.find((each) => is(each.node));
    if (found === undefined) throw new CloudError('there is no such instance or interface');
    return found.node;
  }

  #interface({ networkInterfaceId, subnetId, address, id }: NodeConfig): NetworkInterface {
    return {
      id: networkInterfaceId,
      subnetId,
      addresses: this.vip === id ? [address, this.#address] : [address],
      groups: [this.isolated.has(id) ? FENCE_GROUP : 'sg-1'],
    };
  }
}
