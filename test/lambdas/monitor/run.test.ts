import { describe, expect, it } from 'vitest';
import { runMonitor } from '../../../lambdas/monitor/run.ts';
import { CloudError } from '../../../lib/core/errors.ts';
import { FakeWorld } from '../../fakes/fake-world.ts';

/** A function may run for as long as Lambda lets it. */
const INVOCATION_MS = 900_000;

class ScheduledWorld extends FakeWorld {
  /** Times at which the primary was beaten, and by which invocation's connections it can't be told. */
  readonly beatsAtMs: number[] = [];

  constructor() {
    super();
    const primary = this.fleet.server('db-1');
    const commit = primary.commit.bind(primary);
    primary.commit = () => {
      this.beatsAtMs.push(this.clock.now());
      return commit();
    };
  }

  /** Invokes monitor `a` now. */
  invoke(id: string): Promise<{ outcome: string }> {
    const endsAtMs = this.clock.now() + INVOCATION_MS;
    return runMonitor(this.monitorContext('a'), { id, remainingMs: () => endsAtMs - this.clock.now() });
  }

  /** The longest time without a beat, in milliseconds. */
  get longestGapMs(): number {
    return Math.max(...this.beatsAtMs.slice(1).map((atMs, index) => atMs - (this.beatsAtMs[index] ?? atMs)));
  }
}

describe('an invocation', () => {
  it('probes each interval, and ends by itself half a minute before Lambda ends it', async () => {
    const world = new ScheduledWorld();
    const startedAtMs = world.clock.now();
    expect(await world.clock.run(world.invoke('first'))).toEqual({ outcome: 'watched' });
    const tookMs = world.clock.now() - startedAtMs;
    expect(tookMs).toBeGreaterThanOrEqual(INVOCATION_MS - 30_000);
    expect(tookMs).toBeLessThanOrEqual(INVOCATION_MS - 30_000 + 1_000);
    expect(world.beatsAtMs).toHaveLength((INVOCATION_MS - 30_000) / 1_000);
    expect(world.longestGapMs).toBe(1_000);
  });

  it('leaves nothing open behind it', async () => {
    const world = new ScheduledWorld();
    await world.clock.run(world.invoke('first'));
    for (const node of world.cluster.nodes) expect(world.fleet.connectionsOf('a', node.id)).toBe(0);
    expect(await world.state.lease('a', { holder: 'next', untilMs: 0, endsAtMs: 0 }, world.clock.now())).toEqual({
      held: true,
    });
  });

  it('leaves at once when another holds the lease and means to go on', async () => {
    const world = new ScheduledWorld();
    void world.invoke('first');
    await world.clock.pass(5_000);
    const atMs = world.clock.now();
    expect(await world.clock.run(world.invoke('duplicate'))).toEqual({ outcome: 'held-by-another' });
    expect(world.clock.now()).toBe(atMs);
  });

  it('takes over from one that died, once its lease has run out', async () => {
    const world = new ScheduledWorld();
    const nowMs = world.clock.now();
    await world.state.lease('a', { holder: 'dead', untilMs: nowMs + 10_000, endsAtMs: nowMs + 60_000 }, nowMs);
    void world.invoke('second');
    await world.clock.pass(12_000);
    expect(world.beatsAtMs[0]).toBeGreaterThan(nowMs + 10_000);
    expect(world.beatsAtMs[0]).toBeLessThanOrEqual(nowMs + 10_500);
  });

  it('stops when it has lost its lease to another', async () => {
    const world = new ScheduledWorld();
    const watching = world.invoke('first');
    await world.clock.pass(10_000);
    const nowMs = world.clock.now();
    await world.state.release('a', 'first');
    await world.state.lease('a', { holder: 'other', untilMs: nowMs + 60_000, endsAtMs: nowMs + 60_000 }, nowMs);
    expect(await world.clock.run(watching)).toEqual({ outcome: 'watched' });
    expect(world.clock.now() - nowMs).toBeLessThanOrEqual(6_000);
  });

  it('goes on probing while the table is out of reach', async () => {
    const world = new ScheduledWorld();
    void world.invoke('first');
    await world.clock.pass(5_000);
    const lease = world.state.lease.bind(world.state);
    const vote = world.state.vote.bind(world.state);
    world.state.lease = () => Promise.reject(new CloudError('the table is out of reach'));
    world.state.vote = () => Promise.reject(new CloudError('the table is out of reach'));
    await world.clock.pass(20_000);
    Object.assign(world.state, { lease, vote });
    await world.clock.pass(5_000);
    expect(world.longestGapMs).toBe(1_000);
    expect(world.log).toContain('a: could not renew the lease: the table is out of reach');
    expect(world.log).toContain('a: orders: the table is out of reach');
  });
});

describe('one invocation a minute, as the scheduler has it', () => {
  const scheduled = async (minutes: number, offsetMs: (minute: number) => number = () => 0) => {
    const world = new ScheduledWorld();
    const outcomes: string[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      void world.clock
        .sleep(minute * 60_000 + offsetMs(minute))
        .then(() => world.invoke(`minute-${minute}`))
        .then(({ outcome }) => outcomes.push(outcome));
    }
    await world.clock.pass(minutes * 60_000);
    return { world, outcomes };
  };

  it('hands over within an interval and a look, over and over', async () => {
    const { world, outcomes } = await scheduled(32);
    expect(world.beatsAtMs.length).toBeGreaterThan(31 * 60);
    expect(world.longestGapMs).toBeLessThanOrEqual(1_000 + 250);
    expect(outcomes.filter((outcome) => outcome === 'watched')).toHaveLength(2);
  });

  it('never has two probe at once', async () => {
    const { world } = await scheduled(32);
    expect(world.beatsAtMs.length).toBeLessThanOrEqual(32 * 60);
  });

  it.each([13, 14])('hands over when invocation %i is a minute late', async (late) => {
    const { world } = await scheduled(17, (minute) => (minute === late ? 59_000 : 0));
    expect(world.longestGapMs).toBeLessThanOrEqual(1_000 + 250);
  });
});
