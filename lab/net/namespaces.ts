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
import { findOnPath } from '../packages/find-on-path.ts';
import { type Program, runProgram } from '../packages/program.ts';
import { assertAddress, assertHostName, assertPercent } from './addressing.ts';
import { renderFirewall } from './firewall.ts';
import { freezeProcesses, killProcesses } from './namespace-processes.ts';
import type { Host, HostSpec, IngressRule, LabNetwork } from './network.ts';
import {
  type Wire,
  deliver,
  deliverNowhere,
  namespaceFile,
  plugIn,
  startRouter,
  stopRouter,
  unplug,
  wireOf,
} from './router.ts';
import { insideSandbox } from './sandbox.ts';

const commandTimeoutMs = 10_000;
const prefix = '10.42';
const serviceAddress = `${prefix}.0.2`;
const cloud = 'cloud';

/** `on`: it runs. `lost`: its processes are frozen and its wire is silent. `off`: it has neither. */
type Power = 'on' | 'lost' | 'off';

interface Machine {
  readonly spec: HostSpec;
  readonly wire: Wire;
  power: Power;
  /** Ends when what was last done to its power is done: switches are thrown one after another. */
  lastSwitch: Promise<void>;
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
  readonly #lossPercent = new Map<string, number>();
  #enclosed: readonly string[] = [];
  #lastChange: Promise<void> = Promise.resolve();
  #nextChange: Promise<void> | undefined;
  #closed = false;

  constructor(nft: Program) {
    this.#nft = nft;
  }

  async start(): Promise<void> {
    await startRouter(serviceAddress);
    await this.#applyFirewall();
  }

  async addHost(spec: HostSpec): Promise<Host> {
    assertHostName(spec.name);
    for (const address of [spec.address, ...(spec.guestAddresses ?? [])]) assertAddress(address, prefix);
    if (this.#machines.has(spec.name) || spec.name === cloud) throw new Error(`host name "${spec.name}" is taken`);
    const machine: Machine = {
      spec,
      wire: wireOf(this.#machines.size + 1, spec.name),
      power: 'off',
      lastSwitch: Promise.resolve(),
    };
    this.#machines.set(spec.name, machine);
    this.#holders.set(spec.address, spec.name);
    await this.#boot(machine);
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
    const { wire, power } = this.#machine(host);
    this.#holders.set(address, host);
    if (power === 'off') await deliverNowhere(address);
    else await deliver([address], wire);
  }

  async unassignAddress(address: string): Promise<void> {
    this.#holders.delete(address);
    await deliverNowhere(address);
  }

  async setIngress(host: string, rules: readonly IngressRule[] | null): Promise<void> {
    const { device } = this.#machine(host).wire;
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

  async partition(inside: readonly string[] | null): Promise<void> {
    this.#enclosed = [...new Set(inside ?? [])].map((host) => this.#machine(host).wire.device);
    await this.#applyFirewall();
  }

  async setLoss(host: string, percent: number): Promise<void> {
    assertPercent(percent);
    const { device } = this.#machine(host).wire;
    if (percent === 0) this.#lossPercent.delete(device);
    else this.#lossPercent.set(device, percent);
    await this.#applyFirewall();
  }

  async powerLoss(host: string): Promise<void> {
    await inTurn(this.#machine(host), async (machine) => {
      if (machine.power !== 'on') return;
      machine.power = 'lost';
      // The wire goes silent first: nothing that a process still says may be heard.
      await this.#applyFirewall();
      await freezeProcesses(namespaceFile(host));
    });
  }

  async powerOff(host: string): Promise<void> {
    await inTurn(this.#machine(host), (machine) => this.#shutDown(machine));
  }

  async powerOn(host: string): Promise<void> {
    await inTurn(this.#machine(host), async (machine) => {
      if (machine.power === 'on') return;
      await this.#shutDown(machine);
      await this.#boot(machine);
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // All at once, and not host by host as they are powered off: nobody is left to see an order.
    const machines = [...this.#machines.values()];
    await Promise.all(
      machines.map((machine) =>
        inTurn(machine, async ({ spec, power }) => {
          if (power !== 'off') await Promise.all([killProcesses(namespaceFile(spec.name)), spec.onPowerOff?.()]);
        }),
      ),
    );
    await unplug(machines.filter(({ power }) => power !== 'off').map(({ spec, wire }) => ({ host: spec.name, wire })));
    for (const machine of machines) machine.power = 'off';
    await runProgram(this.#nft, ['delete', 'table', 'ip', 'lab'], { timeoutMs: commandTimeoutMs });
    await stopRouter(serviceAddress);
  }

  async #shutDown(machine: Machine): Promise<void> {
    if (machine.power === 'off') return;
    machine.power = 'lost';
    await this.#applyFirewall();
    const ended = killProcesses(namespaceFile(machine.spec.name));
    // The signal is sent by now, so whoever is let go dies before it does anything more.
    await Promise.all([ended, machine.spec.onPowerOff?.()]);
    // The kernel would go on to resend what dead processes left unsent: their namespace goes as well.
    machine.power = 'off';
    await unplug([{ host: machine.spec.name, wire: machine.wire }]);
    await this.#applyFirewall();
  }

  async #boot(machine: Machine): Promise<void> {
    const { spec, wire } = machine;
    await plugIn(spec, wire);
    const held = [...this.#holders].filter(([, holder]) => holder === spec.name);
    await deliver(
      held.map(([address]) => address),
      wire,
    );
    machine.power = 'on';
    await this.#applyFirewall();
  }

  /**
   * One after another, each from the state as it is then: what is applied last is what holds. One that has not begun yet
   * does for everybody who asks meanwhile.
   */
  #applyFirewall(): Promise<void> {
    return (this.#nextChange ??= this.#lastChange.then(() => {
      const change = this.#replaceRules();
      this.#nextChange = undefined;
      this.#lastChange = change.catch(() => {});
      return change;
    }));
  }

  async #replaceRules(): Promise<void> {
    const input = renderFirewall(this.#firewallState());
    const { status, stderr } = await runProgram(this.#nft, ['-f', '-'], { timeoutMs: commandTimeoutMs, input });
    if (status !== 0) throw new Error(`nft refused the lab's rules: ${stderr.trim()}`);
  }

  #firewallState(): Parameters<typeof renderFirewall>[0] {
    const cuts = [...this.#cuts.values()].map((pair) => pair.filter((name) => name !== cloud));
    const devices = cuts.map((names) => names.map((name) => this.#machine(name).wire.device));
    return {
      silent: [...this.#machines.values()].filter(({ power }) => power === 'lost').map(({ wire }) => wire.device),
      cuts: devices.flatMap(([a, b]) => (a !== undefined && b !== undefined ? [[a, b] as const] : [])),
      cutFromRouter: devices.flatMap(([a, b]) => (a !== undefined && b === undefined ? [a] : [])),
      enclosed: this.#enclosed,
      lossPercent: this.#lossPercent,
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

function inTurn(machine: Machine, act: (machine: Machine) => Promise<void>): Promise<void> {
  const done = machine.lastSwitch.then(() => act(machine));
  machine.lastSwitch = done.catch(() => {});
  return done;
}
