/**
 * The ports to AWS as one invocation has them: each call can be late, lost, repeated or refused. A call that gets no
 * answer is given up after the SDK's three attempts.
 *
 * @module
 */
import { CloudError } from '../../../lib/core/errors.ts';
import type { Dns, Executions, Network, Notifier } from '../../../lib/ports/cloud.ts';
import type { Invocation } from '../invocation.ts';

/** Three attempts of five seconds. */
export const CLOUD_PATIENCE_MS = 15_000;

export function ask<T>(invocation: Invocation, name: string, effect: () => T): Promise<T> {
  const failure = (what: string) => new CloudError(`${name} ${what}`);
  return invocation.call({ name, patienceMs: CLOUD_PATIENCE_MS, effect, failure });
}

export function networkOf(invocation: Invocation): Network {
  const { world } = invocation;
  const { cloud, fleet, oracle } = world;
  return {
    instance: (id) => ask(invocation, 'ec2.instance', () => cloud.instance(id)),
    interface: (id) => ask(invocation, 'ec2.interface', () => cloud.interface(id)),
    interfacesOf: (id) => ask(invocation, 'ec2.interfacesOf', () => cloud.interfacesOf(id)),
    setGroups: (id) =>
      ask(invocation, 'ec2.setGroups', () => {
        const node = cloud.nodeOf((each) => each.networkInterfaceId === id);
        if (cloud.isolated.has(node.id)) return;
        cloud.isolated.add(node.id);
        oracle.effect('isolated', fleet.server(node.id), invocation);
      }),
    stop: (id) =>
      ask(invocation, 'ec2.stop', () => {
        const node = cloud.nodeOf((each) => each.instanceId === id);
        if (cloud.instance(id).stateCode !== 16) return;
        cloud.stop(node);
        oracle.effect('asked for a stop', fleet.server(node.id), invocation);
      }),
    assignAddress: (id) =>
      ask(invocation, 'ec2.assignAddress', () => {
        const node = cloud.nodeOf((each) => each.networkInterfaceId === id);
        if (cloud.vip === node.id) return;
        cloud.assign(node);
        oracle.effect('moved the address', fleet.server(node.id), invocation);
      }),
  };
}

export function dnsOf(invocation: Invocation): Dns {
  const { cloud, fleet, oracle } = invocation.world;
  return {
    point: (_zone, _name, _ttl, address) =>
      ask(invocation, 'dns.point', () => {
        if (cloud.record === address) return;
        cloud.record = address;
        const server = fleet.servers.find((each) => each.node.address === address);
        if (server !== undefined) oracle.effect('changed the record', server, invocation);
      }),
  };
}

export function notifierOf(invocation: Invocation): Notifier {
  return {
    publish: (subject) => ask(invocation, 'sns.publish', () => void invocation.world.told.push(subject)),
  };
}

export function executionsOf(invocation: Invocation): Executions {
  const { machine } = invocation.world;
  return {
    start: () => Promise.reject(new CloudError('no step starts an execution')),
    status: (execution) => ask(invocation, 'sfn.status', () => (machine.isRunning(execution) ? 'running' : 'ended')),
  };
}
