/**
 * One invocation of a monitor: it watches every cluster for about fourteen minutes, under a lease, so that the
 * scheduler's duplicates and early firings don't probe twice. An invocation that comes in the holder's last two minutes
 * stands by, and one of them takes over.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import type { MonitorContext } from './context.ts';
import { watchCluster } from './watch.ts';

/** The lease of a holder that died runs out after this, in milliseconds. */
const LEASE_MS = 10_000;
const RENEW_EVERY_MS = 4_000;
/** Time kept back at the end of an invocation, so that it ends by itself, in milliseconds. */
const RESERVE_MS = 30_000;
/** An invocation stands by when the holder means to end within this: the next may come up to two minutes after it. */
const STAND_BY_MS = 120_000;
/** How often it looks whether something is due. */
const LOOK_EVERY_MS = 250;

export interface Invocation {
  readonly id: string;
  remainingMs(): number;
}

export async function runMonitor(context: MonitorContext, invocation: Invocation): Promise<{ outcome: string }> {
  const { clock, monitor, state } = context;
  const endsAtMs = clock.now() + invocation.remainingMs() - RESERVE_MS;
  const lease = () => {
    const nowMs = clock.now();
    return state.lease(monitor.id, { holder: invocation.id, untilMs: nowMs + LEASE_MS, endsAtMs }, nowMs);
  };

  for (let taken = await lease(); !taken.held; taken = await lease()) {
    if (taken.endsAtMs - clock.now() > STAND_BY_MS || clock.now() >= endsAtMs) return { outcome: 'held-by-another' };
    await clock.sleep(LOOK_EVERY_MS);
  }

  let running = true;
  const goesOn = () => running && clock.now() < endsAtMs;
  const renewing = (async () => {
    let renewAtMs = clock.now() + RENEW_EVERY_MS;
    while (goesOn()) {
      await clock.sleep(LOOK_EVERY_MS);
      if (clock.now() < renewAtMs) continue;
      renewAtMs = clock.now() + RENEW_EVERY_MS;
      const kept = await lease().catch((error: unknown) => {
        // The table may be out of reach for a while: go on, the lease says how long.
        context.log(`could not renew the lease: ${messageOf(error)}`);
        return { held: true };
      });
      if (!kept.held) running = false;
    }
    running = false;
  })();
  const watching = context.config.clusters.map(async (cluster) => {
    const watch = watchCluster(cluster, context);
    try {
      while (goesOn()) {
        const startedAtMs = clock.now();
        await watch.tick().catch((error: unknown) => context.log(`${cluster.id}: ${messageOf(error)}`));
        await watch.untilNext(startedAtMs + cluster.detection.intervalMs);
      }
    } finally {
      await watch.close();
    }
  });
  await Promise.all([renewing, ...watching]);
  await state.release(monitor.id, invocation.id);
  return { outcome: 'watched' };
}
