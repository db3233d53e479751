/**
 * The two processes of the bench: the nodes, and the monitor under measure. Each is bundled as a function is, and kept on
 * a core of its own where the machine can do that.
 *
 * @module
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Figures } from './gauge.ts';
import type { MonitorSpec } from './monitor.ts';
import type { NodesSpec, NodesWord } from './nodes.ts';
import { throttle } from './throttle.ts';

const LISTENS_WITHIN_MS = 30_000;
/** Beyond the time that it was told to take. */
const ENDS_WITHIN_MS = 30_000;

export interface Nodes {
  readonly port: number;
  /** Statements that they could not answer. */
  readonly unknown: readonly string[];
  end(): void;
}

export async function startNodes({ directory, ...spec }: NodesSpec & { readonly directory: string }): Promise<Nodes> {
  const child = start(await bundled('nodes.ts', directory), spec, { core: 1, options: [] });
  const unknown: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the nodes do not listen`)), LISTENS_WITHIN_MS);
    child.once('exit', (code) => reject(new Error(`the nodes ended with ${code}`)));
    child.on('message', (message) => {
      // Sent by our own process.
      const word = message as NodesWord;
      if (word.kind === 'unknown') unknown.push(word.statement);
      else {
        clearTimeout(timer);
        resolve(word.port);
      }
    });
  });
  return { port, unknown, end: () => void child.kill() };
}

export interface Measurement {
  readonly directory: string;
  readonly spec: MonitorSpec;
  /** Leaves a `.cpuprofile` in the directory. */
  readonly profile: boolean;
  /** Options of Node for the process under measure, such as `--max-semi-space-size=32`. */
  readonly nodeOptions: readonly string[];
  /** The part of a processor that it has. */
  readonly processor: number;
}

/** Runs one monitor to its end. @throws Error when it ended without figures */
export async function measure({ directory, spec, profile, nodeOptions, processor }: Measurement): Promise<Figures> {
  const file = await bundled('monitor.ts', directory);
  const options = [...nodeOptions];
  if (profile) options.push('--cpu-prof', `--cpu-prof-dir=${directory}`);
  const child = start(file, spec, { core: 0, options });
  throttle(child, processor);
  const timer = setTimeout(() => child.kill('SIGKILL'), (spec.warmUpSeconds + spec.seconds) * 1_000 + ENDS_WITHIN_MS);
  let figures: Figures | null = null;
  // Sent by our own process.
  child.on('message', (message) => (figures = message as Figures));
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  if (figures === null) throw new Error(`the monitor of ${spec.clusters} clusters ended with ${code} and no figures`);
  return figures;
}

function start(
  file: string,
  spec: unknown,
  { core, options }: { core: number; options: readonly string[] },
): ChildProcess {
  const node = [...options, file, JSON.stringify(spec)];
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const;
  if (!canPin()) return spawn(process.execPath, node, { stdio: [...stdio] });
  return spawn('taskset', ['-c', String(core % availableParallelism()), process.execPath, ...node], {
    stdio: [...stdio],
  });
}

let pins: boolean | undefined;
function canPin(): boolean {
  pins ??= spawnSync('taskset', ['-c', '0', process.execPath, '--version']).status === 0;
  return pins;
}

async function bundled(file: string, directory: string): Promise<string> {
  const outfile = join(directory, file.replace(/ts$/, 'mjs'));
  await build({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    banner: {
      js: "import { createRequire as requireIt } from 'node:module'; const require = requireIt(import.meta.url);",
    },
  });
  return outfile;
}
