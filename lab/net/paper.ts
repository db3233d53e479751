/**
 * A network on paper: hosts have any address that their subnet has, run programs, and have power or not. Nothing is
 * delivered to an address: for a cloud alone, whose VPCs somebody else made up.
 *
 * @module
 */
import { assertHostName } from './addressing.ts';
import { HostPrograms } from './host-programs.ts';
import { type Host, type HostSpec, type LabNetwork, UnsupportedByNetwork } from './network.ts';

interface Machine {
  readonly spec: HostSpec;
  readonly programs: HostPrograms;
  hasPower: boolean;
}

/** @param serviceAddress where servers of the lab's main process listen */
export function openPaperNetwork(serviceAddress: string): LabNetwork {
  return new PaperNetwork(serviceAddress);
}

class PaperNetwork implements LabNetwork {
  readonly kind = 'loopback';
  readonly prefix = '127.42';
  readonly serviceAddress: string;
  readonly #machines = new Map<string, Machine>();

  constructor(serviceAddress: string) {
    this.serviceAddress = serviceAddress;
  }

  async addHost(spec: HostSpec): Promise<Host> {
    assertHostName(spec.name);
    if (this.#machines.has(spec.name)) throw new Error(`host name "${spec.name}" is taken`);
    const machine: Machine = { spec, programs: new HostPrograms(), hasPower: true };
    this.#machines.set(spec.name, machine);
    return Promise.resolve({
      name: spec.name,
      address: spec.address,
      spawn: (command, args, options = {}) => {
        if (!machine.hasPower) throw new Error(`host ${spec.name} has no power: ${command} can't be started on it`);
        return machine.programs.spawn(command, args, options);
      },
      listen: () => Promise.reject(unsupported(`${spec.name} can't be reached`)),
    });
  }

  assignAddress(): Promise<void> {
    return Promise.resolve();
  }

  unassignAddress(): Promise<void> {
    return Promise.resolve();
  }

  setIngress(): Promise<void> {
    return Promise.resolve();
  }

  cut(): Promise<void> {
    return Promise.reject(unsupported('no packet can be dropped'));
  }

  heal(): Promise<void> {
    return Promise.resolve();
  }

  partition(): Promise<void> {
    return Promise.reject(unsupported('no packet can be dropped'));
  }

  setLoss(): Promise<void> {
    return Promise.reject(unsupported('no packet can be lost'));
  }

  powerLoss(host: string): Promise<void> {
    this.#machine(host).programs.freeze();
    return Promise.resolve();
  }

  async powerOff(host: string): Promise<void> {
    const machine = this.#machine(host);
    machine.hasPower = false;
    await Promise.all([machine.programs.kill(), machine.spec.onPowerOff?.()]);
  }

  powerOn(host: string): Promise<void> {
    this.#machine(host).hasPower = true;
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#machines.keys()].map((name) => this.powerOff(name)));
  }

  #machine(name: string): Machine {
    const machine = this.#machines.get(name);
    if (machine === undefined) throw new Error(`no host "${name}" in this network`);
    return machine;
  }
}

function unsupported(what: string): UnsupportedByNetwork {
  return new UnsupportedByNetwork(`${what} on a network on paper; the networks of drills can`);
}
