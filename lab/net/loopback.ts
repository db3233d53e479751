/**
 * The lab's network on this machine's loopback, for machines without network namespaces: servers listen at addresses
 * that only the lab knows, and a switch inside the lab's process takes clients at the hosts' addresses. A stand-in: it
 * can't tell who a client is, so it makes no cut between two hosts, and where a packet would vanish a client connects to
 * silence.
 *
 * Labs on one machine don't touch each other: each takes two numbers of its own after 127, one for what clients use and
 * one for what lies behind.
 *
 * @module
 */
import { createServer, type Server } from 'node:net';
import { assertAddress, assertHostName, assertPercent } from './addressing.ts';
import { HostPrograms } from './host-programs.ts';
import { type Host, type HostSpec, type IngressRule, type LabNetwork, UnsupportedByNetwork } from './network.ts';
import { type Fate, TcpSwitch } from './tcp-switch.ts';

const FIRST_NUMBER = 42;
const MOST_LABS = 50;
/** What lies behind `127.42` is at `127.142`. */
const BEHIND = 100;
/** Whoever listens here has the two numbers. Nothing connects to it. */
const CLAIM = { suffix: '0.1', port: 20_420 };

interface Machine {
  readonly spec: HostSpec;
  readonly programs: HostPrograms;
  /** Ports at which others reach it. */
  readonly ports: Set<number>;
  power: 'on' | 'lost' | 'off';
  /** Counts boots: a connection to an earlier one is unknown to a later one. */
  boot: number;
  ingress: readonly IngressRule[] | null;
}

/** @throws Error when so many labs run here that no numbers are left, or this machine has no such addresses */
export async function openLoopbackNetwork(): Promise<LabNetwork> {
  let latest: unknown;
  for (let number = FIRST_NUMBER; number < FIRST_NUMBER + MOST_LABS; number += 1) {
    try {
      return new LoopbackNetwork(number, await claim(number));
    } catch (error) {
      latest = error;
      if (error instanceof Error && 'code' in error && error.code !== 'EADDRINUSE') break;
    }
  }
  const numbers = `127.${FIRST_NUMBER} to 127.${FIRST_NUMBER + MOST_LABS - 1}`;
  const why = latest instanceof Error ? latest.message : String(latest);
  throw new Error(`the lab can't have loopback addresses, ${numbers}: ${why}; end other labs, or run it on Linux`, {
    cause: latest,
  });
}

/** Held until it is closed, or this process ends in whatever way. */
function claim(number: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((client) => client.destroy());
    server.once('error', reject);
    server.listen({ host: `127.${number}.${CLAIM.suffix}`, port: CLAIM.port, exclusive: true }, () => resolve(server));
    // It keeps no process from ending.
    server.unref();
  });
}

class LoopbackNetwork implements LabNetwork {
  readonly kind = 'loopback';
  readonly prefix: string;
  readonly serviceAddress: string;
  readonly #number: number;
  readonly #claim: Server;
  readonly #machines = new Map<string, Machine>();
  readonly #holders = new Map<string, Machine>();
  readonly #switch = new TcpSwitch({
    admit: (address, port) => this.#admit(address, port),
  });

  constructor(number: number, claimed: Server) {
    this.#number = number;
    this.#claim = claimed;
    this.prefix = `127.${number}`;
    this.serviceAddress = `${this.prefix}.0.2`;
  }

  async addHost(spec: HostSpec): Promise<Host> {
    assertHostName(spec.name);
    for (const address of [spec.address, ...(spec.guestAddresses ?? [])]) assertAddress(address, this.prefix);
    if (this.#machines.has(spec.name) || spec.name === 'cloud') throw new Error(`host name "${spec.name}" is taken`);
    const programs = new HostPrograms();
    const machine: Machine = { spec, programs, ports: new Set(), power: 'on', boot: 1, ingress: null };
    this.#machines.set(spec.name, machine);
    this.#holders.set(spec.address, machine);
    return {
      name: spec.name,
      address: spec.address,
      spawn: (command, args, options = {}) => {
        if (machine.power !== 'on')
          throw new Error(`host ${spec.name} has no power: ${command} can't be started on it`);
        return programs.spawn(command, args, options);
      },
      listen: async (port) => {
        machine.ports.add(port);
        await this.#openListeners();
        return { host: this.#behind(spec.address), port };
      },
    };
  }

  async assignAddress(address: string, host: string): Promise<void> {
    assertAddress(address, this.prefix);
    this.#holders.set(address, this.#machine(host));
    await this.#openListeners();
    this.#switch.routingChanged();
  }

  async unassignAddress(address: string): Promise<void> {
    this.#holders.delete(address);
    this.#switch.routingChanged();
    await Promise.resolve();
  }

  async setIngress(host: string, rules: readonly IngressRule[] | null): Promise<void> {
    this.#machine(host).ingress = rules;
    this.#switch.routingChanged();
    await Promise.resolve();
  }

  cut(a: string, b: string): Promise<void> {
    const why = `a loopback network can't cut ${a} from ${b}: it can't tell who a client is`;
    return Promise.reject(new UnsupportedByNetwork(`${why}; a network of namespaces (Linux) can`));
  }

  partition(inside: readonly string[] | null): Promise<void> {
    if (inside === null) return Promise.resolve();
    const why = `a loopback network can't part ${inside.join(', ')} from the rest: it can't tell who a client is`;
    return Promise.reject(new UnsupportedByNetwork(`${why}; a network of namespaces (Linux) can`));
  }

  setLoss(host: string, percent: number): Promise<void> {
    assertPercent(percent);
    if (percent === 0) return Promise.resolve();
    const why = `a loopback network can't lose packets of ${host}: it carries streams, and sees no packets`;
    return Promise.reject(new UnsupportedByNetwork(`${why}; a network of namespaces (Linux) can`));
  }

  heal(_a: string, _b: string): Promise<void> {
    return Promise.resolve();
  }

  async powerLoss(host: string): Promise<void> {
    const machine = this.#machine(host);
    if (machine.power !== 'on') return;
    machine.power = 'lost';
    machine.programs.freeze();
    await Promise.resolve();
  }

  async powerOff(host: string): Promise<void> {
    const machine = this.#machine(host);
    machine.power = 'off';
    const ended = machine.programs.kill();
    await Promise.all([ended, machine.spec.onPowerOff?.()]);
  }

  async powerOn(host: string): Promise<void> {
    const machine = this.#machine(host);
    if (machine.power === 'on') return;
    await this.powerOff(host);
    machine.boot += 1;
    machine.power = 'on';
    this.#switch.routingChanged();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#machines.keys()].map((name) => this.powerOff(name)));
    this.#switch.close();
    this.#claim.close();
  }

  /** Where a server really listens that is reached at `address`. */
  #behind(address: string): string {
    return `127.${this.#number + BEHIND}${address.slice(this.prefix.length)}`;
  }

  #admit(address: string, port: number): Fate {
    const machine = this.#reached(address);
    if (machine === undefined || machine.power !== 'on') return { kind: 'vanish' };
    const rule = admittingRule(machine, port);
    if (rule === undefined) return { kind: 'vanish' };
    if (!machine.ports.has(port)) return { kind: 'refuse' };
    const owner = identity(machine);
    const isCutOff = () => rule?.untracked === true && admittingRule(machine, port) === undefined;
    const mayPass = () => (isCutOff() ? 'vanish' : this.#carry(address, owner));
    return { kind: 'deliver', host: this.#behind(machine.spec.address), mayPass };
  }

  #carry(address: string, owner: string): Fate['kind'] {
    const machine = this.#reached(address);
    if (machine === undefined || machine.power !== 'on') return 'vanish';
    return identity(machine) === owner ? 'deliver' : 'refuse';
  }

  /** Who hears a packet to this address: its holder, if the guest knows the address. */
  #reached(address: string): Machine | undefined {
    const machine = this.#holders.get(address);
    const known = machine === undefined ? [] : [machine.spec.address, ...(machine.spec.guestAddresses ?? [])];
    return known.includes(address) ? machine : undefined;
  }

  /** Every address with every port that any host uses: an address may move to a host that uses others. */
  async #openListeners(): Promise<void> {
    const ports = new Set([...this.#machines.values()].flatMap((machine) => [...machine.ports]));
    for (const address of this.#holders.keys()) for (const port of ports) await this.#switch.open(address, port);
  }

  #machine(name: string): Machine {
    const machine = this.#machines.get(name);
    if (machine === undefined) {
      throw new Error(`no host "${name}" in this network; it has ${[...this.#machines.keys()].join(', ')}`);
    }
    return machine;
  }
}

/** The rule that lets a new connection in; null where there are no rules at all, undefined where none does. */
function admittingRule({ ingress }: Machine, port: number): IngressRule | null | undefined {
  return ingress === null ? null : ingress.find(({ fromPort, toPort }) => fromPort <= port && port <= toPort);
}

function identity({ spec, boot }: Machine): string {
  return `${spec.name} ${boot}`;
}
