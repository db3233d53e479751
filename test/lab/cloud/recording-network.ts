/**
 * @module A network without packets: it records what the cloud asks of it, and runs programs as plain children.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Host, IngressRule, LabNetwork } from '../../../lab/net/network.ts';

export class RecordingNetwork implements LabNetwork {
  readonly kind = 'loopback';
  readonly prefix = '127.42';
  readonly serviceAddress = '127.0.0.1';
  readonly hosts = new Map<string, Host>();
  readonly ingress = new Map<string, readonly IngressRule[] | null>();
  /** Host by delivered address. */
  readonly addresses = new Map<string, string>();
  readonly power: string[] = [];
  private readonly children = new Set<ChildProcess>();

  addHost(spec: { readonly name: string; readonly address: string }): Promise<Host> {
    const host: Host = {
      ...spec,
      spawn: (command, args, options = {}) => {
        const child = spawn(command, args, options);
        this.children.add(child);
        return child;
      },
      listen: (port) => Promise.resolve({ host: '127.0.0.1', port }),
    };
    this.hosts.set(spec.name, host);
    return Promise.resolve(host);
  }

  assignAddress(address: string, host: string): Promise<void> {
    this.addresses.set(address, host);
    return Promise.resolve();
  }

  unassignAddress(address: string): Promise<void> {
    this.addresses.delete(address);
    return Promise.resolve();
  }

  setIngress(host: string, rules: readonly IngressRule[] | null): Promise<void> {
    this.ingress.set(host, rules);
    return Promise.resolve();
  }

  powerOff(host: string): Promise<void> {
    this.power.push(`off ${host}`);
    return Promise.resolve();
  }

  powerOn(host: string): Promise<void> {
    this.power.push(`on ${host}`);
    return Promise.resolve();
  }

  cut(): Promise<void> {
    return Promise.resolve();
  }

  heal(): Promise<void> {
    return Promise.resolve();
  }

  partition(): Promise<void> {
    return Promise.resolve();
  }

  setLoss(): Promise<void> {
    return Promise.resolve();
  }

  powerLoss(): Promise<void> {
    return Promise.resolve();
  }

  /** Processes that were started here and still run. */
  running(): number {
    return [...this.children].filter((child) => child.exitCode === null && child.signalCode === null).length;
  }

  close(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    return Promise.resolve();
  }
}
