/**
 * Finds out what this machine can do for the lab. Changes nothing, fetches nothing, and asks no other machine.
 *
 * @module
 */
import { cpus, freemem, release, totalmem, type } from 'node:os';
import { openLoopbackNetwork } from '../net/loopback.ts';
import { type NamespaceSupport, probeNamespaces } from '../net/sandbox.ts';
import type { Engine } from '../packages/engine-build.ts';
import { lookForEngine } from '../packages/find-engine.ts';
import { lookForTool } from '../packages/find-tool.ts';
import { lookForPythonTools } from '../packages/find-python-tool.ts';
import { PackageUnavailable } from '../packages/package-error.ts';
import { SCENARIOS, SCENARIO_NAMES } from '../run/scenarios/catalogue.ts';
import { whatIsMissing } from '../run/scenarios/needs.ts';
import type { MachineReport, Part } from './machine-report.ts';

/** Three servers of MySQL, the functions, the application and the lab itself, with room to breathe. */
const ENOUGH_MEMORY_BYTES = 1.5 * 2 ** 30;

export async function examineMachine(): Promise<MachineReport> {
  const support = await probeNamespaces();
  const [mariadb, mysql, nft, moto, loopback] = await Promise.all([
    engine('mariadb', 'MariaDB'),
    engine('mysql', 'MySQL'),
    firewall(),
    pythonTools(),
    loopbackSwitch(),
  ]);
  const net = netOf(support, nft, loopback);
  const scenarios = SCENARIO_NAMES.map((name) => ({
    name,
    missing:
      net === null
        ? 'a network: neither namespaces nor the loopback switch can be had'
        : whatIsMissing(SCENARIOS[name], { net, semiSync: 'required' }),
  }));
  return {
    machine: {
      system: `${type()} ${release()}`,
      node: process.version,
      cores: cpus().length,
      memoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
    },
    parts: [mariadb, mysql, namespaces(support), nft, loopback, stallingVolumes(), moto, memory()],
    net,
    scenarios,
    canDrill: net !== null && [mariadb, mysql].some(({ state }) => state !== 'missing'),
  };
}

function netOf(support: NamespaceSupport, nft: Part, loopback: Part): MachineReport['net'] {
  if (support.kind !== 'none' && nft.state !== 'missing') return 'namespaces';
  return loopback.state === 'ready' ? 'loopback' : null;
}

const ORIGINS = {
  environment: 'named by the environment',
  path: 'installed',
  cache: 'in the lab’s cache, every file as it was fetched',
} as const;

async function engine(name: Engine, title: string): Promise<Part> {
  return await available(title, async () => {
    const sight = await lookForEngine(name);
    if (sight.kind === 'here') {
      const { version, origin, server } = sight.build;
      const program = server.leadingArgs.at(-1) ?? server.command;
      return ready(title, `${version}, ${ORIGINS[origin]}: ${program}`);
    }
    const why = sight.damage === null ? 'not here' : `damaged in the lab’s cache (${sight.damage})`;
    return fetchable(title, `${why}; apt has ${sight.from}`, `npm run lab -- fetch ${name}`);
  });
}

async function firewall(): Promise<Part> {
  return await available('nft', async () => {
    const sight = await lookForTool('nft');
    return sight.kind === 'here'
      ? ready('nft', `the rules of the lab’s network: ${sight.program.leadingArgs.at(-1) ?? sight.program.command}`)
      : fetchable('nft', `not here; apt has ${sight.from}`, 'npm run lab -- fetch nft');
  });
}

/** What checks the lab, and the template; no drill needs it. */
async function pythonTools(): Promise<Part> {
  const name = 'moto, cfn-lint';
  return await available(name, async () => {
    const { python, state } = await lookForPythonTools();
    if (state.kind === 'sound') return ready(name, `in the lab’s cache, for ${python}`);
    const why = state.kind === 'absent' ? 'not here' : `damaged in the lab’s cache (${state.damage})`;
    return fetchable(name, `${why}; ${python} is`, 'npm run lab -- fetch moto; no drill needs them');
  });
}

function namespaces(support: NamespaceSupport): Part {
  const name = 'namespaces';
  if (support.kind === 'root') return ready(name, 'as root: hosts with addresses, wires and power of their own');
  if (support.kind === 'rootless') {
    return ready(name, 'without root: hosts with addresses, wires and power of their own, in a user namespace');
  }
  return missing(name, support.reason, 'Linux with util-linux and iproute2, as root or with user namespaces allowed');
}

async function loopbackSwitch(): Promise<Part> {
  const name = 'loopback';
  try {
    await (await openLoopbackNetwork()).close();
    return ready(name, 'hosts as addresses of the loopback interface: no partitions, no lost packets');
  } catch (error) {
    return missing(
      name,
      error instanceof Error ? error.message : String(error),
      'Linux, where all of 127.0.0.0/8 is here',
    );
  }
}

function stallingVolumes(): Part {
  const name = 'stalled volume';
  const lacks = whatIsMissing({ needs: ['loop-device'] }, { net: 'namespaces', semiSync: 'required' });
  return lacks === null
    ? ready(name, 'an ext4 file system of its own can be frozen')
    : missing(name, `needs ${lacks}`, 'only the scenario stalled-volume needs it');
}

function memory(): Part {
  const bytes = freemem();
  const text = `${(bytes / 2 ** 30).toFixed(1)} GiB free`;
  if (bytes >= ENOUGH_MEMORY_BYTES) return ready('memory', text);
  return missing('memory', text, `free some: a drill takes up to ${ENOUGH_MEMORY_BYTES / 2 ** 30} GiB`);
}

async function available(name: string, look: () => Promise<Part>): Promise<Part> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PackageUnavailable)) throw error;
    return missing(name, error.message, null);
  }
}

function ready(name: string, found: string): Part {
  return { name, state: 'ready', found, fix: null };
}

function fetchable(name: string, found: string, fix: string): Part {
  return { name, state: 'fetchable', found, fix };
}

function missing(name: string, found: string, fix: string | null): Part {
  return { name, state: 'missing', found, fix };
}
