import { describe, expect, it } from 'vitest';
import { positionsOf } from '../../lib/core/gtid/position.ts';
import { tellStory } from '../../lib/core/story/tell-story.ts';
import { ORDER } from './failover.ts';
import { watched, type WatchedWorld } from './monitor/watching.ts';

/** What a function takes to start cold: monitors vote on in the meantime. */
const COLD_START_MS = 1_500;

/** Waits for the monitors to start the failover, and carries it out. */
async function failOver(world: WatchedWorld): Promise<void> {
  const untilMs = world.clock.now() + 60_000;
  while (world.starts.length === 0 && world.clock.now() < untilMs) await world.clock.pass(100);
  const { name, input } = world.executions.started[0]!;
  for (const step of ORDER) {
    if (step === 'confirm' || step === 'move-address') await world.clock.pass(COLD_START_MS);
    const { outcome } = await world.step(step, { ...(input as object), execution: name });
    if (['refused', 'not-confirmed', 'lost'].includes(outcome)) throw new Error(`${step}: ${outcome}`);
  }
  world.executions.end(name);
}

describe.each(['down', 'hung', 'off'] as const)('monitors and steps together, when the primary is %s', (condition) => {
  it('[invariant 3] make another the primary that has every acknowledged write, and watch it', async () => {
    const world = await watched();
    const old = world.fleet.server('db-1');
    const acknowledged = old.commit() ? old.observe().executed : '';
    world.fleet.fail('db-1', condition);
    await failOver(world);
    await world.clock.pass(10_000);

    expect(await world.record()).toMatchObject({ epoch: 2, primary: 'db-2', phase: 'steady', holder: null });
    const { executed } = world.fleet.server('db-2').observe();
    expect(positionsOf('mariadb').contains(executed, acknowledged)).toBe(true);
    expect(await world.verdicts()).toEqual({ a: 'alive', b: 'alive', c: 'alive' });
    expect(world.starts).toEqual(['orders-e2']);
  });

  it('[invariant 8] leave a journal that tells it from the first miss to the end', async () => {
    const world = await watched();
    const failedAtMs = world.clock.now();
    world.fleet.fail('db-1', condition);
    await failOver(world);
    const closed = (await world.journal()).find((event) => event.code === 'closed');
    expect(closed?.summary).toMatchObject({ oldPrimary: 'db-1', newPrimary: 'db-2', route: 'vip', possibleLoss: 0 });
    expect(Math.abs(closed!.summary.outageMs - (world.clock.now() - failedAtMs))).toBeLessThanOrEqual(1_000);
    const story = tellStory(await world.journal());
    expect(story).toMatchObject({ ending: 'failed-over', startedWith: 'the first missed probe', advice: [] });
    expect(story?.outageMs).toBe(closed!.summary.outageMs);
    expect(story?.moments[0]).toMatchObject({
      offsetMs: 0,
      sentence: expect.stringMatching(/^monitor . first missed db-1/),
    });
    expect(story?.moments.at(-1)).toMatchObject({ offsetMs: closed!.summary.outageMs, code: 'closed' });
  });
});
