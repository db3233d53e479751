/**
 * What systemd or mysqld_safe does: a server that has died is started again after a while, by whoever watches its
 * process and knows nothing of a cluster.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { LabServer } from '../lab-server.ts';
import { repeatedly, type Undo } from './undo.ts';

/** How often the supervisor looks whether the process is there. */
const LOOK_EVERY_MS = 5;

/** Restarts the server `restartAfterMs` after each death of it, until that is undone. */
export function supervise(server: LabServer, restartAfterMs: number): Undo {
  return repeatedly(async (signal) => {
    await delay(LOOK_EVERY_MS, undefined, { signal });
    if (server.pid !== undefined) return;
    await delay(restartAfterMs, undefined, { signal });
    await server.start();
  });
}

/**
 * Kills the servers in turn, each for `downMs` and until the next is down: whoever looks finds one of them gone, whenever
 * that is. At the end all of them run.
 */
export function keepRestarting(servers: readonly LabServer[], downMs: number): Undo {
  let down: LabServer | undefined;
  const undo = repeatedly(async (signal) => {
    for (const server of servers) {
      await server.kill();
      await down?.start();
      down = server;
      await delay(downMs, undefined, { signal });
    }
  });
  return async () => {
    await undo();
    await Promise.all(servers.map((server) => server.start()));
  };
}
