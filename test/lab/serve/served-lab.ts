/** @module A served lab as a child process, and the SDK's clients of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../lab/main.ts', import.meta.url));
const START_WITHIN_MS = 20_000;

export interface ServedLab {
  readonly url: string;
  /** What every client is made with: a key that the lab never issued. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  /** Every line that it wrote, parsed. */
  readonly events: readonly Record<string, unknown>[];
  /** Ends it by SIGTERM. @returns its exit status, and the files that it left behind in its temporary directory */
  end(): Promise<{ readonly status: number | null; readonly left: readonly string[] }>;
}

export async function serveLab(...words: readonly string[]): Promise<ServedLab> {
  const directory = mkdtempSync(join(tmpdir(), 'served-'));
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'serve', '--port', '0', '--json', ...words], {
    env: { ...process.env, TMPDIR: directory, AWS_DEFAULT_REGION: undefined },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: Record<string, unknown>[] = [];
  const url = await firstWord(child, events);
  return {
    url,
    client: {
      endpoint: url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'whoever', secretAccessKey: 'whatever' },
      maxAttempts: 1,
    },
    events,
    async end() {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const [status] = (await exit) as [number | null];
      // The loader's own cache is no part of the lab.
      const left = readdirSync(directory).filter((name) => !name.startsWith('tsx-'));
      rmSync(directory, { recursive: true, force: true });
      return { status, left };
    },
  };
}

function firstWord(child: ChildProcess, events: Record<string, unknown>[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the lab did not listen within ${START_WITHIN_MS} ms`));
    }, START_WITHIN_MS);
    child.once('exit', (status) => reject(new Error(`the lab ended with status ${status}`)));
    if (child.stdout === null) throw new Error('its output is a pipe');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as Record<string, unknown>;
      events.push(event);
      if (event['type'] !== 'listening') return;
      clearTimeout(timer);
      resolve(String(event['endpointUrl']));
    });
  });
}
