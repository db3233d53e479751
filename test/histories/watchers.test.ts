/**
 * The real monitors, as their sight comes and goes while the primary lives: whatever befalls them, as long as no majority
 * of them misses the primary while it sees a replica, nothing is started and nothing is changed.
 *
 * @module
 */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { watched } from '../lambdas/monitor/watching.ts';

const MONITORS = ['a', 'b', 'c'] as const;

/** What befalls a monitor, and how long until the next thing does. */
const mishap = fc.record({
  monitor: fc.constantFrom(...MONITORS),
  what: fc.constantFrom('blind', 'see', 'stop', 'watch'),
  thenMs: fc.integer({ min: 0, max: 9_000 }),
});

it('[invariant 7] one monitor that misses a living primary, and others that come, go and are blind, change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...MONITORS), fc.array(mishap, { maxLength: 12 }), async (misses, mishaps) => {
      const world = await watched();
      world.fleet.cut(misses, 'db-1');
      for (const { monitor, what, thenMs } of mishaps) {
        if (what === 'blind') world.blind(monitor);
        // The one that misses the primary goes on missing it.
        if (what === 'see') world.unblind(monitor);
        if (what === 'see' && monitor === misses) world.fleet.cut(misses, 'db-1');
        if (what === 'stop') world.stopWatching(monitor);
        if (what === 'watch' && !world.isWatching(monitor)) world.watch(monitor);
        await world.clock.pass(thenMs);
      }
      await world.clock.pass(15_000);
      expect(world.starts).toEqual([]);
      expect(world.effects).toEqual([]);
      expect(await world.record()).toMatchObject({ epoch: 1, primary: 'db-1', phase: 'steady' });
      for (const monitor of MONITORS) world.stopWatching(monitor);
    }),
    { numRuns: 25 },
  );
}, 60_000);
