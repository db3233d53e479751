import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { enterSandbox, probeNamespaces } from '../../lab/net/sandbox.ts';
import { findTool } from '../../lab/packages/find-tool.ts';
import { networkContract } from '../lab/net/lab-network-contract.ts';

const support = await probeNamespaces();
const unavailable = support.kind === 'none' ? ` (SKIPPED: ${support.reason})` : '';
const nodeOptions = ['--import', 'tsx'];
const soon = { timeout: 3_000, interval: 10 };

function script(name: string): string {
  return fileURLToPath(new URL(`../lab/net/${name}`, import.meta.url));
}

describe.skipIf(support.kind === 'none')(`a network of namespaces${unavailable}`, () => {
  const results = new Map<string, { readonly error?: string }>();
  let status: number;

  // The test runner itself stays outside: the table of claims is run by a process of its own in a sandbox.
  beforeAll(async () => {
    await findTool('nft');
    status = await enterSandbox(script('contract-driver.ts'), [], {
      support,
      nodeOptions,
      stdio: 'pipe',
      onStart(driver) {
        driver.stderr?.pipe(process.stderr);
        if (driver.stdout === null) return;
        createInterface({ input: driver.stdout }).on('line', (line) => {
          const result = JSON.parse(line) as { claim: string; error?: string };
          results.set(result.claim, result);
        });
      },
    });
  });

  const claims = networkContract.filter(({ only }) => only === undefined || only === 'namespaces');
  it.each(claims)('$claim', ({ claim }) => {
    expect(results.get(claim), `the driver ended with ${status} before this claim`).toBeDefined();
    expect(results.get(claim)?.error).toBeUndefined();
  });
});

describe.skipIf(support.kind === 'none')(`a sandbox leaves nothing behind${unavailable}`, () => {
  let warden: ChildProcess | undefined;
  afterEach(() => warden?.kill('SIGKILL'));

  async function start(mark: string, manner = 'obedient'): Promise<ChildProcess> {
    const args = [...nodeOptions, script('sandbox-warden.ts'), mark, manner];
    const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    warden = started;
    await spoken(started, 'running');
    expect(processesNaming(mark).length).toBeGreaterThanOrEqual(4);
    return started;
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('after %s, which the process inside hears once', async (signal) => {
    const mark = randomUUID();
    const started = await start(mark);
    started.kill(signal);
    await spoken(started, `got ${signal}`);
    expect(await ended(started)).toBe(3);
    await expect.poll(() => processesNaming(mark), soon).toEqual([]);
  });

  it('after SIGKILL of the process outside', async () => {
    const mark = randomUUID();
    const started = await start(mark);
    started.kill('SIGKILL');
    await expect.poll(() => processesNaming(mark), soon).toEqual([]);
  });

  it('after SIGKILL of the process inside', async () => {
    const mark = randomUUID();
    const started = await start(mark);
    const inmate = processesNaming(mark).find(
      ({ command }) => command.startsWith(process.execPath) && command.includes('sandbox-inmate'),
    );
    process.kill(inmate!.pid, 'SIGKILL');
    expect(await ended(started)).not.toBe(0);
    await expect.poll(() => processesNaming(mark), soon).toEqual([]);
  });

  it('when the process inside does not end within 5 s of the signal', async () => {
    const mark = randomUUID();
    const started = await start(mark, 'stubborn');
    const signalledAt = Date.now();
    started.kill('SIGTERM');
    expect(await ended(started)).toBe(137);
    expect(Date.now() - signalledAt).toBeLessThan(7_000);
    await expect.poll(() => processesNaming(mark), soon).toEqual([]);
  });
});

function spoken(child: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      if (String(chunk).includes(line)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended before it said "${line}"`)));
  });
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

function processesNaming(mark: string): { pid: number; command: string }[] {
  const pids = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0);
  return pids.map((pid) => ({ pid, command: commandOf(pid) })).filter(({ command }) => command.includes(mark));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
