/**
 * Runs the drill as a user does, in a process of its own, and reads its report.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reportSchema, type DrillReport } from '../../lab/run/report-schema.ts';

export interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
  /** Null when the drill wrote none. */
  readonly report: DrillReport | null;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Called with everything written so far and a way to send a signal, as a terminal would. */
  readonly onOutput?: (output: string, signal: (name: NodeJS.Signals) => void) => void;
  /** After this it is interrupted, in milliseconds.  @default two minutes */
  readonly withinMs?: number;
}

const WITHIN_MS = 120_000;

/** A timing that keeps the suite short: what is asserted does not depend on it. */
export const QUICK = ['--interval', '500ms', '--failures', '2', '--api-latency', '0', '--stop-time', '1s'];

export async function runDrill(
  args: readonly string[],
  { env, onOutput, withinMs = WITHIN_MS }: RunOptions = {},
): Promise<Outcome> {
  const directory = await mkdtemp(join(tmpdir(), 'drill-test-'));
  const json = join(directory, 'report.json');
  const child = spawn(process.execPath, ['--import', 'tsx', 'lab/run/main.ts', ...args, '--json', json], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(() => child.kill('SIGTERM'), withinMs);
  let output = '';
  const listen = (chunk: Buffer) => {
    output += chunk.toString();
    onOutput?.(output, (name) => child.kill(name));
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const text = await readFile(json, 'utf8').catch(() => null);
    return { exitCode, output, report: text === null ? null : reportSchema.parse(JSON.parse(text)) };
  } finally {
    clearTimeout(timer);
    await rm(directory, { recursive: true, force: true });
  }
}
