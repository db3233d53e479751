/**
 * The baseline: the least that could be called failover. One process on one host probes the primary; after so many
 * failures it promotes the first replica, points the other at it, and moves the address. No quorum, no fence, no
 * proof, no journal, no API in between, and two writable servers whenever it is wrong. Nothing that fails over by
 * probing can be much faster.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { mysqlDatabases } from '../lib/adapters/mysql/index.ts';
import type { Engine } from '../lib/core/config.ts';
import type { DatabaseServer } from '../lib/ports/database.ts';
import type { Ground } from '../lab/run/ground.ts';
import * as topology from '../lab/run/topology.ts';

export interface Detection {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly failures: number;
}

/** Watches until it has failed over, once. */
export async function bareLoop(
  ground: Ground,
  engine: Engine,
  detection: Detection,
  signal: AbortSignal,
): Promise<void> {
  const [primary, candidate, other] = ground.hosts;
  if (primary === undefined || candidate === undefined || other === undefined) throw new Error('it needs three hosts');
  const connect = (host: { readonly name: string; readonly address: string }, timeoutMs: number) =>
    mysqlDatabases().connect({
      nodeId: host.name,
      engine,
      host: host.address,
      port: topology.PORT,
      credentials: topology.ACCOUNTS.operator,
      tls: { mode: 'off' },
      timeoutMs,
    });

  let failures = 0;
  let kept: DatabaseServer | null = null;
  while (failures < detection.failures) {
    signal.throwIfAborted();
    const startedAtMs = performance.now();
    try {
      kept ??= await connect(primary, detection.timeoutMs);
      await kept.observe();
      failures = 0;
    } catch {
      await kept?.close();
      kept = null;
      failures += 1;
    }
    if (failures < detection.failures) await delay(Math.max(0, startedAtMs + detection.intervalMs - performance.now()));
  }

  const next = await connect(candidate, 10_000);
  await next.stopReceiving(primary.address);
  await next.applyReceived(5_000);
  await next.promote({ epoch: 2, semiSync: true });
  const follower = await connect(other, 10_000);
  await Promise.all([
    ground.network.assignAddress(ground.plan.vip, candidate.name),
    follower.replicateFrom({
      host: candidate.address,
      port: topology.PORT,
      credentials: topology.ACCOUNTS.replication,
      semiSync: true,
      heartbeatPeriodMs: 250,
      netTimeoutSeconds: 10,
    }),
  ]);
  await Promise.all([next.close(), follower.close()]);
}
