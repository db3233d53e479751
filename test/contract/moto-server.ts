/**
 * A moto server of its own on loopback, for as long as a suite needs it.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Program } from '../../lab/packages/program.ts';
import { until } from '../../lab/run/until.ts';

const STARTS_WITHIN_MS = 60_000;

export interface MotoServer {
  /** By name: clients address an S3 bucket as a subdomain, which an IP address has none of. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** @param moto as `findPythonTool('moto')` finds it */
export async function startMoto(moto: Program): Promise<MotoServer> {
  const port = await freePort();
  const child = spawn(moto.command, [...moto.leadingArgs, '--host', '127.0.0.1', '--port', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // What it warns of in each run, such as that this is no server for production, helps nobody.
    env: { ...process.env, PYTHONWARNINGS: 'ignore' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4_000)));
  const ended = once(child, 'exit');
  const stop = new AbortController();
  ended.then(
    () => stop.abort(new Error(`moto ended before it served: ${said}`)),
    (error: unknown) => stop.abort(error),
  );
  const close = async () => {
    child.kill('SIGKILL');
    await ended.catch(() => {});
  };
  try {
    await until(`moto's first answer on port ${port}`, STARTS_WITHIN_MS, stop.signal, () => answers(port));
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint: `http://localhost:${port}`, close };
}

async function answers(port: number): Promise<true | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/moto-api/config`, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? true : undefined;
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
