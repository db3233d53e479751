/**
 * The programs of one host of the loopback network. Each leads a process group, so that what it starts is stopped and
 * ended with it; where the system can, each is also ended with the lab's process.
 *
 * @module
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { findOnPath } from '../packages/find-on-path.ts';

export class HostPrograms {
  readonly #running = new Set<ChildProcess>();

  /** The pid is the program's own. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const setpriv = process.platform === 'linux' ? findOnPath('setpriv') : undefined;
    const grouped = { ...options, detached: true };
    const child =
      setpriv === undefined
        ? spawn(command, args, grouped)
        : spawn(setpriv, ['--pdeathsig', 'KILL', '--', command, ...args], grouped);
    this.#running.add(child);
    child.once('exit', () => this.#running.delete(child));
    child.once('error', () => this.#running.delete(child));
    return child;
  }

  freeze(): void {
    for (const child of this.#running) signalGroup(child, 'SIGSTOP');
  }

  /** Resolves when all of them have ended. */
  async kill(): Promise<void> {
    const ends = [...this.#running].map((child) => {
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      signalGroup(child, 'SIGKILL');
      return ended;
    });
    await Promise.all(ends);
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It ended by itself in between.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
