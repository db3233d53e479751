/**
 * A reopening in a world of fakes: the server of `db-1` is killed and started again within half a second, monitors see
 * it, and the steps of the workflow are called as the state machine does.
 *
 * @module
 */
import type { Config } from '../../lib/core/config.ts';
import { watched, type WatchedWorld } from './monitor/watching.ts';

/** Monitors have started a change because of the restart. */
export async function restarted(config?: Config): Promise<WatchedWorld> {
  const world = await watched(config);
  await restart(world);
  return world;
}

/** Kills the server of `db-1`, starts it again, and waits until monitors have started a change. */
export async function restart(world: WatchedWorld): Promise<void> {
  const before = world.starts.length;
  world.fleet.fail('db-1', 'down');
  await world.clock.pass(500);
  world.fleet.server('db-1').restart();
  const untilMs = world.clock.now() + 60_000;
  while (world.starts.length === before && world.clock.now() < untilMs) await world.clock.pass(100);
}

/** Up to what the plan says: `reopening`, or `planned`. */
export async function plan(world: WatchedWorld): Promise<string> {
  await world.stepOf('open');
  const { outcome } = await world.stepOf('confirm');
  return outcome === 'confirmed' ? (await world.stepOf('plan')).outcome : outcome;
}

/** All of it, as the machine goes when all is well. */
export async function reopen(world: WatchedWorld): Promise<void> {
  await plan(world);
  for (const step of ['reopen', 'verify-route', 'close'] as const) await world.stepOf(step, { candidate: 'db-1' });
  world.executions.end(world.starts.at(-1) ?? '');
}
