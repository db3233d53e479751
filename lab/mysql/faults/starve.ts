/**
 * A server that gets little of the processor, as beside a neighbour that takes all of it: it runs in short slices and
 * stands still between them. All its threads, and its connections, are slow alike.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LabServer } from '../lab-server.ts';
import { repeatedly, type Undo } from './undo.ts';

export interface Slices {
  readonly stoppedMs: number;
  readonly runningMs: number;
}

export function starve(server: LabServer, { stoppedMs, runningMs }: Slices): Undo {
  const undo = repeatedly(async (signal) => {
    await server.freeze();
    await delay(stoppedMs, undefined, { signal });
    server.thaw();
    await delay(runningMs, undefined, { signal });
  });
  return async () => {
    await undo().finally(() => server.thaw());
  };
}
