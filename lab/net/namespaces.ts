/**
 * The lab's network made of Linux network namespaces. A VPC has no broadcast between hosts, so neither has this: the
 * process's own namespace is the router, each host hangs on a wire of its own, and a route says which wire an address
 * is delivered by. An address moves by that one route, at once, as it does on AWS.
 *
 * Must run inside a sandbox (`enterSandbox`), which removes all of it whatever happens.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { findOnPath } from '../packages/find-on-path.ts';
import { type Program, runProgram } from '../packages/program.ts';
import { runCommand } from '../packages/run-command.ts';
import { assertAddress, assertHostName } from './addressing.ts';
import { renderFirewall } from './firewall.ts';
import { freezeProcesses, killProcesses } from './namespace-processes.ts';
import type { Host, HostSpec, IngressRule, LabNetwork } from './network.ts';
import { insideSandbox } from './sandbox.ts';

const commandTimeoutMs = 10_000;
const prefix = '10.42';
const serviceAddress = `${prefix}.0.2`;
/** A host's default route leads here; no one holds it, for a wire with two ends needs no name for the other one. */
const gateway = '169.254.1.1';
const cloud = 'cloud';

/** `on`: it runs. `lost`: its processes are frozen and its wire is silent. `off`: it has neither. */
type Power = 'on' | 'lost' | 'off';

interface Machine {
  readonly spec: HostSpec;
  /** The router's end of its wire. */
  readonly device: string;
  readonly mac: string;
  power: Power;
}

/** @throws Error outside a sandbox, where it would change the machine's own network */
export async function openNamespaceNetwork(nft: Program): Promise<LabNetwork> {
  if (!insideSandbox())
    throw new Error('a network of namespaces is made inside a sandbox only: call enterSandbox first');
  const network = new NamespaceNetwork(nft);
  await network.start();
  return network;
}

class NamespaceNetwork implements LabNetwork {
  readonly kind = 'namespaces';
  readonly prefix = prefix;
  readonly serviceAddress = serviceAddress;
  readonly #nft: Program;
  readonly #machines = new Map<string, Machine>();
  readonly #holders = new Map<string, string>();
  readonly #ingress = new Map<string, readonly IngressRule[]>();
  readonly #cuts = new Map<string, readonly [string, string]>();
  #lastChange: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(nft: Program) {
    this.#nft = nft;
  }

  async start(): Promise<void> {
    const settings = {
      ip_forward: 1,
      // AWS's source/destination check: a host that lost an address can't send from it any more.
      'conf/all/rp_filter': 1,
      'conf/default/rp_filter': 1,
      'conf/all/send_redirects': 0,
      'conf/default/send_redirects': 0,
    };
    for (const [name, value] of Object.entries(settings)) writeFileSync(`/proc/sys/net/ipv4/${name}`, `${value}\n`);
    // Without the last line the router would tell a client that nobody is there. A VPC says nothing.
    await ip([`link set lo up`, `address add ${serviceAddress}/32 dev lo`, `route add blackhole default`]);
    await this.#applyFirewall();
  }

  async addHost(spec: HostSpec): Promise<Host> {
    assertHostName(spec.name);
    for (const address of [spec.address, ...(spec.guestAddresses ?? [])]) assertAddress(address, prefix);
    if (this.#machines.has(spec.name) || spec.name === cloud) throw new Error(`host name "${spec.name}" is taken`);
    const index = this.#machines.size + 1;
    // An interface's name has at most 15 characters; the number keeps it unique and the rest is for people.
    const device = `v${index}-${spec.name}`.slice(0, 15);
    const mac = `02:42:00:00:${hex(index >> 8)}:${hex(index & 0xff)}`;
    const machine: Machine = { spec, device, mac, power: 'off' };
    this.#machines.set(spec.name, machine);
    this.#holders.set(spec.address, spec.name);
    await this.#plugIn(machine);
    return {
      name: spec.name,
      address: spec.address,
      spawn: (command, args, options = {}) => {
        if (machine.power !== 'on')
          throw new Error(`host ${spec.name} has no power: ${command} can't be started on it`);
        const enter = [`--net=${namespaceFile(spec.name)}`, '--', command, ...args];
        // nsenter becomes the program: the pid is the program's own, and so are its standard streams and channel.
        return spawn(findOnPath('nsenter') ?? 'nsenter', enter, options) satisfies ChildProcess;
      },
      listen: (port) => Promise.resolve({ host: '0.0.0.0', port }),
    };
  }

  async assignAddress(address: string, host: string): Promise<void> {
    assertAddress(address, prefix);
    const { device, power } = this.#machine(host);
    this.#holders.set(address, host);
    if (power === 'off') await this.#forgetRoute(address);
    else await ip([`route replace ${address}/32 dev ${device}`]);
  }

  async unassignAddress(address: string): Promise<void> {
    this.#holders.delete(address);
    await this.#forgetRoute(address);
  }

  async setIngress(host: string, rules: readonly IngressRule[] | null): Promise<void> {
    const { device } = this.#machine(host);
    if (rules === null) this.#ingress.delete(device);
    else this.#ingress.set(device, rules);
    await this.#applyFirewall();
  }

  async cut(a: string, b: string): Promise<void> {
    const [first = a, second = b] = [a, b].sort();
    for (const name of [first, second]) if (name !== cloud) this.#machine(name);
    this.#cuts.set(`${first} ${second}`, [first, second]);
    await this.#applyFirewall();
  }

  async heal(a: string, b: string): Promise<void> {
    this.#cuts.delete([a, b].sort().join(' '));
    await this.#applyFirewall();
  }

  async powerLoss(host: string): Promise<void> {
    const machine = this.#machine(host);
    if (machine.power !== 'on') return;
    machine.power = 'lost';
    // The wire goes silent first: nothing that a process still says may be heard.
    await this.#applyFirewall();
    await freezeProcesses(namespaceFile(host));
  }

  async powerOff(host: string): Promise<void> {
    const machine = this.#machine(host);
    if (machine.power === 'off') return;
    machine.power = 'lost';
    await this.#applyFirewall();
    await killProcesses(namespaceFile(host));
    // The kernel would go on to resend what dead processes left unsent: their namespace goes as well.
    machine.power = 'off';
    await ip([`link delete ${machine.device}`, `netns delete ${host}`]);
    await this.#applyFirewall();
  }

  async powerOn(host: string): Promise<void> {
    const machine = this.#machine(host);
    if (machine.power === 'on') return;
    await this.powerOff(host);
    await this.#plugIn(machine);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const name of this.#machines.keys()) await this.powerOff(name);
    await runProgram(this.#nft, ['delete', 'table', 'ip', 'lab'], { timeoutMs: commandTimeoutMs });
    await ip([`route delete blackhole default`, `address delete ${serviceAddress}/32 dev lo`]);
  }

  /** Both ends of the wire have one hardware address and ask for none, so no packet ever waits for ARP. */
  async #plugIn(machine: Machine): Promise<void> {
    const { spec, device, mac } = machine;
    await ip([
      `netns add ${spec.name}`,
      `link add ${device} address ${mac} type veth peer name eth0 address ${mac} netns ${spec.name}`,
      `link set ${device} arp off up`,
    ]);
    await ip(
      [
        `link set lo up`,
        `address add ${spec.address}/32 dev eth0`,
        ...(spec.guestAddresses ?? []).map((address) => `address add ${address}/32 dev lo`),
        `link set eth0 arp off up`,
        `route add default via ${gateway} dev eth0 onlink src ${spec.address}`,
      ],
      spec.name,
    );
    const held = [...this.#holders].filter(([, holder]) => holder === spec.name);
    await ip(held.map(([address]) => `route replace ${address}/32 dev ${device}`));
    machine.power = 'on';
    await this.#applyFirewall();
  }

  async #forgetRoute(address: string): Promise<void> {
    const { stdout } = await runCommand('ip', ['route', 'show', `${address}/32`], { timeoutMs: commandTimeoutMs });
    if (stdout.trim() !== '') await ip([`route delete ${address}/32`]);
  }

  /** One after another, each from the state at its own time: what is applied last is what holds. */
  #applyFirewall(): Promise<void> {
    const apply = async (): Promise<void> => {
      const input = renderFirewall(this.#firewallState());
      const { status, stderr } = await runProgram(this.#nft, ['-f', '-'], { timeoutMs: commandTimeoutMs, input });
      if (status !== 0) throw new Error(`nft refused the lab's rules: ${stderr.trim()}`);
    };
    const change = this.#lastChange.then(apply);
    this.#lastChange = change.catch(() => {});
    return change;
  }

  #firewallState(): Parameters<typeof renderFirewall>[0] {
    const cuts = [...this.#cuts.values()].map((pair) => pair.filter((name) => name !== cloud));
    const devices = cuts.map((names) => names.map((name) => this.#machine(name).device));
    return {
      silent: [...this.#machines.values()].filter(({ power }) => power === 'lost').map(({ device }) => device),
      cuts: devices.flatMap(([a, b]) => (a !== undefined && b !== undefined ? [[a, b] as const] : [])),
      cutFromRouter: devices.flatMap(([a, b]) => (a !== undefined && b === undefined ? [a] : [])),
      ingress: this.#ingress,
    };
  }

  #machine(name: string): Machine {
    const machine = this.#machines.get(name);
    if (machine === undefined) {
      throw new Error(`no host "${name}" in this network; it has ${[...this.#machines.keys()].join(', ')}`);
    }
    return machine;
  }
}

async function ip(commands: readonly string[], namespace?: string): Promise<void> {
  const args = [...(namespace === undefined ? [] : ['-n', namespace]), '-batch', '-'];
  const { status, stderr } = await runCommand('ip', args, {
    timeoutMs: commandTimeoutMs,
    input: `${commands.join('\n')}\n`,
  });
  if (status !== 0) throw new Error(`ip refused "${commands.join('; ')}": ${stderr.trim()}`);
}

function namespaceFile(host: string): string {
  return `/run/netns/${host}`;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
