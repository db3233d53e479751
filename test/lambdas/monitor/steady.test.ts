/**
 * What monitors ask of the table while nothing happens: it costs money each second, for ever.
 */
import { expect, it } from 'vitest';
import { runMonitor } from '../../../lambdas/monitor/run.ts';
import { PULSE_MS } from '../../../lib/core/pulse.ts';
import { shardsOf } from '../../../lib/core/shards.ts';
import type { StateStore } from '../../../lib/ports/state.ts';
import { NOW } from '../../core/examples.ts';
import { FakeExecutions } from '../../fakes/fake-executions.ts';
import { fakeSecrets } from '../../fakes/fake-secrets.ts';
import { memoryStateStore } from '../../fakes/memory-state-store.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';
import { manyClusters, wellFleet } from '../../fakes/well-fleet.ts';

const MINUTES = 10;
const CLUSTERS = 50;
/** Long, as rounds write nothing and take the test's time. */
const INTERVAL_MS = 10_000;
const WRITES = ['register', 'vote', 'takeSeat', 'renewSeat', 'askRelief', 'countAttempt'] as const;
/** Besides the two that are meant. */
const OTHER_READS = ['read', 'pulse', 'journal'] as const;

/** How often each call was made. */
function counted(store: StateStore): { store: StateStore; calls: Record<string, number> } {
  const calls: Record<string, number> = {};
  const counting = new Proxy(store, {
    get(target, name: keyof StateStore) {
      return (...given: unknown[]) => {
        calls[name] = (calls[name] ?? 0) + 1;
        return Reflect.apply(target[name], target, given) as unknown;
      };
    },
  });
  return { store: counting, calls };
}

it('in ten minutes writes one pulse each five seconds for each shard, and reads its records by batches', async () => {
  const clock = new VirtualClock(NOW);
  const config = manyClusters(CLUSTERS, { intervalMs: INTERVAL_MS, clustersPerShard: CLUSTERS / 2 });
  const shards = shardsOf(config).length;
  const monitor = config.monitors[0]!;
  const { store, calls } = counted(memoryStateStore());
  let beats = 0;
  for (let shard = 0; shard < shards; shard += 1) {
    const context = {
      config,
      monitor,
      state: store,
      databases: wellFleet(clock, () => (beats += 1)),
      secrets: fakeSecrets,
      executions: new FakeExecutions(),
      clock,
      log: () => {},
    };
    void runMonitor(context, { id: `run-${shard}`, shard, remainingMs: () => 900_000 });
  }
  // The first round writes each vote once.
  await clock.pass(3 * INTERVAL_MS);
  for (const name of Object.keys(calls)) delete calls[name];
  beats = 0;
  await clock.pass(MINUTES * 60_000);

  const sum = (names: readonly (keyof StateStore)[]) => names.reduce((all, name) => all + (calls[name] ?? 0), 0);
  process.stdout.write(
    `${CLUSTERS} clusters in ${shards} shards, ${MINUTES} min: ${sum(WRITES)} writes (${JSON.stringify(calls)}), ${beats} rounds\n`,
  );
  expect(beats).toBe((CLUSTERS * MINUTES * 60_000) / INTERVAL_MS);
  expect(calls['renewSeat']).toBe((MINUTES * 60_000 * shards) / PULSE_MS);
  expect(sum(WRITES)).toBe(calls['renewSeat']);
  expect(sum(OTHER_READS)).toBe(0);
  expect(calls['readAll']).toBeLessThanOrEqual((MINUTES * 60 * shards) / 15 + shards);
  // The census of votes, every five minutes.
  expect(calls['votes']).toBeLessThanOrEqual(CLUSTERS * (MINUTES / 5 + 1));
});
