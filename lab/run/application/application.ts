/**
 * Starts an application on a host of the lab and keeps what it was told.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import type { Host } from '../../net/network.ts';
import { RUN_TYPESCRIPT } from '../run-typescript.ts';
import type { ApplicationSettings, FromApplication, ToApplication, WriteRecord } from './protocol.ts';

export interface Application {
  readonly name: string;
  /** Every write so far, in the order in which they ended. */
  readonly writes: readonly WriteRecord[];
  /** Called for each write from now on. */
  onWrite(listener: (write: WriteRecord) => void): void;
  /** Ends it after the write in flight, by force after `withinMs`. */
  stop(withinMs: number): Promise<void>;
}

const PROCESS = fileURLToPath(new URL('process.ts', import.meta.url));

export function startApplication(host: Host, settings: ApplicationSettings): Application {
  const writes: WriteRecord[] = [];
  const listeners: ((write: WriteRecord) => void)[] = [];
  const child = host.spawn(process.execPath, [...RUN_TYPESCRIPT, PROCESS, JSON.stringify(settings)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.on('error', () => {});
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stopped = new Promise<void>((resolve) => {
    child.on('message', (message: FromApplication) => {
      if (message.type === 'stopped') return resolve();
      for (const write of message.writes) {
        writes.push(write);
        for (const listener of listeners) listener(write);
      }
    });
  });

  return {
    name: settings.name,
    writes,
    onWrite: (listener) => void listeners.push(listener),
    async stop(withinMs) {
      if (child.connected) child.send({ type: 'stop' } satisfies ToApplication);
      const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
      await Promise.race([stopped, ended]);
      clearTimeout(timer);
    },
  };
}
