/**
 * Servers and clients on hosts of the lab, as the network's contract needs them.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../../lab/net/network.ts';

const program = fileURLToPath(new URL('peer.mjs', import.meta.url));
const heardWithinMs = 5_000;
/** Long enough for a packet to have arrived a hundred times over. */
const silenceMs = 400;

/** Everything that one program has said so far, and waits for more with a deadline. */
export class Peer {
  readonly process: ChildProcess;
  readonly #lines: string[] = [];
  #wake: () => void = () => {};

  constructor(process: ChildProcess) {
    this.process = process;
    if (process.stdout === null) throw new Error('a peer speaks on its standard output');
    createInterface({ input: process.stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
  }

  tell(command: string): void {
    this.process.stdin?.write(`${command}\n`);
  }

  /** Resolves with the first line that matches. Each line is heard once. */
  async hears(pattern: RegExp, withinMs = heardWithinMs): Promise<string> {
    const line = await this.#next(pattern, withinMs);
    if (line !== undefined) return line;
    throw new Error(`nothing like ${String(pattern)} within ${withinMs} ms; heard: ${JSON.stringify(this.#lines)}`);
  }

  /** Fails when a line matches within a time in which it would long have come. */
  async hearsNothingLike(pattern: RegExp): Promise<void> {
    const line = await this.#next(pattern, silenceMs);
    if (line !== undefined) throw new Error(`heard "${line}" where silence was due`);
  }

  async #next(pattern: RegExp, withinMs: number): Promise<string | undefined> {
    const giveUpAt = Date.now() + withinMs;
    for (;;) {
      const index = this.#lines.findIndex((line) => pattern.test(line));
      if (index >= 0) return this.#lines.splice(index, 1)[0];
      const leftMs = giveUpAt - Date.now();
      if (leftMs <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

/** An echo server that others reach at the host's addresses on `port`. */
export async function serve(host: Host, port: number): Promise<Peer> {
  const listen = await host.listen(port);
  const args = [program, 'serve', host.name, listen.host, String(listen.port)];
  const peer = new Peer(host.spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  await peer.hears(/^listening$/);
  return peer;
}

export async function client(host: Host): Promise<Peer> {
  const peer = new Peer(host.spawn(process.execPath, [program, 'client'], { stdio: ['pipe', 'pipe', 'inherit'] }));
  await peer.hears(/^ready$/);
  return peer;
}
