import { describe, expect, it } from 'vitest';
import type { Round } from '../../../lambdas/monitor/context.ts';
import { runMonitor, type RunOutcome } from '../../../lambdas/monitor/run.ts';
import { revisionOf } from '../../../lambdas/monitor/revision.ts';
import { CloudError } from '../../../lib/core/errors.ts';
import { PULSE_MS, type Pulse } from '../../../lib/core/pulse.ts';
import { pulse } from '../../core/examples.ts';
import { exampleConfig } from '../../fakes/example-config.ts';
import { FakeWorld } from '../../fakes/fake-world.ts';

/** A function may run for as long as Lambda lets it. */
const INVOCATION_MS = 900_000;
const RESERVE_MS = 30_000;
const SEAT = { monitor: 'a', shard: 0 } as const;

class ScheduledWorld extends FakeWorld {
  /** Times at which the primary was beaten, and by which invocation's connections it can't be told. */
  readonly beatsAtMs: number[] = [];
  readonly rounds: Round[] = [];

  constructor(...given: ConstructorParameters<typeof FakeWorld>) {
    super(...given);
    const primary = this.fleet.server('db-1');
    const commit = primary.commit.bind(primary);
    primary.commit = () => {
      this.beatsAtMs.push(this.clock.now());
      return commit();
    };
  }

  /** Invokes monitor `a` now. */
  invoke(id: string, { skewMs = 0, config = this.config } = {}): Promise<RunOutcome> {
    const endsAtMs = this.clock.now() + INVOCATION_MS;
    const clock = { now: () => this.clock.now() + skewMs, sleep: (ms: number) => this.clock.sleep(ms) };
    return runMonitor(
      { ...this.monitorContext('a'), config, clock, onRound: (round) => this.rounds.push(round) },
      { id, shard: 0, remainingMs: () => endsAtMs - this.clock.now() },
    );
  }

  /** The longest time without a beat, in milliseconds. */
  get longestGapMs(): number {
    return Math.max(...this.beatsAtMs.slice(1).map((atMs, index) => atMs - (this.beatsAtMs[index] ?? atMs)));
  }

  /** The holder that the table has. */
  async holder(): Promise<Pulse | null> {
    return this.state.pulse(SEAT);
  }

  /** Puts the table out of reach for everybody; answers how to bring it back. */
  loseTable(): () => void {
    const names = ['vote', 'votes', 'read', 'readAll', 'pulse', 'takeSeat', 'renewSeat', 'askRelief'] as const;
    const lost = () => Promise.reject(new CloudError('the table is out of reach'));
    const kept = Object.fromEntries(names.map((name) => [name, this.state[name]]));
    Object.assign(this.state, Object.fromEntries(names.map((name) => [name, lost])));
    return () => void Object.assign(this.state, kept);
  }
}

describe('an invocation', () => {
  it('probes each interval, and ends by itself half a minute before Lambda ends it', async () => {
    const world = new ScheduledWorld();
    const startedAtMs = world.clock.now();
    expect(await world.clock.run(world.invoke('first'))).toEqual({ outcome: 'watched' });
    const tookMs = world.clock.now() - startedAtMs;
    expect(tookMs).toBeGreaterThanOrEqual(INVOCATION_MS - RESERVE_MS);
    expect(tookMs).toBeLessThanOrEqual(INVOCATION_MS - RESERVE_MS + 1_000);
    expect(world.beatsAtMs).toHaveLength((INVOCATION_MS - RESERVE_MS) / 1_000);
    expect(world.longestGapMs).toBe(1_000);
  });

  it('leaves nothing open behind it, and its seat free', async () => {
    const world = new ScheduledWorld();
    await world.clock.run(world.invoke('first'));
    for (const node of world.cluster.nodes) expect(world.fleet.connectionsOf('a', node.id)).toBe(0);
    expect(await world.holder()).toMatchObject({ term: 'first', releasedAtMs: expect.any(Number) });
  });

  it('leaves at once when it comes a moment after a pulse of another', async () => {
    const world = new ScheduledWorld();
    void world.invoke('first');
    await world.clock.pass(PULSE_MS + 900);
    const atMs = world.clock.now();
    expect(await world.clock.run(world.invoke('duplicate'))).toEqual({ outcome: 'held-by-another' });
    expect(world.clock.now()).toBe(atMs);
  });

  it('leaves with the next pulse of another when it comes between two', async () => {
    const world = new ScheduledWorld();
    void world.invoke('first');
    await world.clock.pass(PULSE_MS + 1_500);
    const atMs = world.clock.now();
    expect(await world.clock.run(world.invoke('duplicate'))).toEqual({ outcome: 'held-by-another' });
    expect(world.clock.now() - atMs).toBeLessThanOrEqual(PULSE_MS);
  });

  it('[invariant 7] takes over from one that died, once its lease has run out for both clocks, and not before', async () => {
    const world = new ScheduledWorld();
    const nowMs = world.clock.now();
    await world.state.takeSeat(pulse('a', { term: 'dead', atMs: nowMs - 1_500, untilMs: nowMs + 8_500 }), null);
    void world.invoke('second');
    await world.clock.pass(12_000);
    expect(world.beatsAtMs[0]).toBeGreaterThan(nowMs + 9_500);
    expect(world.beatsAtMs[0]).toBeLessThanOrEqual(nowMs + 10_000);
  });

  it('stops when it has lost its seat to another', async () => {
    const world = new ScheduledWorld();
    const watching = world.invoke('first');
    await world.clock.pass(10_000);
    const nowMs = world.clock.now();
    await world.state.takeSeat(pulse('a', { term: 'other', atMs: nowMs }), await world.holder());
    expect(await world.clock.run(watching)).toEqual({ outcome: 'watched' });
    expect(world.clock.now() - nowMs).toBeLessThanOrEqual(6_000);
    expect(await world.holder()).toMatchObject({ term: 'other', releasedAtMs: null });
  });

  it('[invariant 7] votes no more once it has lost its seat, though a round is under way', async () => {
    const world = new ScheduledWorld();
    const watching = world.invoke('first');
    world.fleet.fail('db-1', 'hung');
    await world.clock.pass(11_000);
    const vote = world.state.vote.bind(world.state);
    let lastAtMs = 0;
    world.state.vote = (cast) => {
      lastAtMs = world.clock.now();
      return vote(cast);
    };
    await world.state.takeSeat(pulse('a', { term: 'other', atMs: world.clock.now() }), await world.holder());
    const renew = world.state.renewSeat.bind(world.state);
    let lostAtMs = 0;
    world.state.renewSeat = async (next) => {
      // It answers while a round waits for the primary.
      await world.clock.sleep(300);
      lostAtMs = world.clock.now();
      return renew(next);
    };
    await world.clock.run(watching);
    await world.clock.pass(5_000);
    expect(lastAtMs).toBeGreaterThan(0);
    expect(lastAtMs).toBeLessThanOrEqual(lostAtMs);
  });

  it('goes on probing while the table is out of reach, and is not replaced by who waits for the table too', async () => {
    const world = new ScheduledWorld();
    void world.invoke('first');
    await world.clock.pass(5_000);
    const tableIsBack = world.loseTable();
    const other = world.invoke('other');
    await world.clock.pass(20_000);
    tableIsBack();
    await world.clock.pass(5_000);
    expect(world.longestGapMs).toBe(1_000);
    expect(world.log).toContain('a: could not renew the lease: the table is out of reach');
    expect(await world.clock.run(other)).toEqual({ outcome: 'held-by-another' });
    expect(await world.holder()).toMatchObject({ term: 'first' });
  });

  it('tells of a death that it saw while the table was out of reach as soon as it is back', async () => {
    const world = new ScheduledWorld();
    void world.invoke('first');
    await world.clock.pass(5_000);
    const tableIsBack = world.loseTable();
    world.fleet.fail('db-1', 'down');
    await world.clock.pass(20_000);
    tableIsBack();
    // A renewal is tried each second, and the vote follows with the next round.
    await world.clock.pass(2_000);
    expect(await world.state.votes('orders')).toMatchObject([{ verdict: 'dead', failures: 22 }]);
  });

  it('begins no round late, and looks at a silent primary again and again', async () => {
    const world = new ScheduledWorld();
    void world.invoke('first');
    await world.clock.pass(6_500);
    expect(world.rounds).toHaveLength(7);
    world.fleet.fail('db-1', 'hung');
    // By the theory of docs/detection.md: half an interval, and three timeouts.
    await world.clock.pass(3_510);
    expect(await world.state.votes('orders')).toMatchObject([{ verdict: 'dead', failures: 3 }]);
    expect(world.rounds.every((round) => round.lateMs === 0 && round.skipped === 0)).toBe(true);
  });
});

describe('a successor', () => {
  it('relieves a holder with another configuration at once, and the grid of rounds goes on', async () => {
    const world = new ScheduledWorld();
    const old = world.invoke('old');
    await world.clock.pass(61_300);
    const config = exampleConfig({ cooldownSeconds: 1 });
    void world.invoke('new', { config });
    expect(await world.clock.run(old)).toEqual({ outcome: 'watched' });
    await world.clock.pass(10_000);
    expect(await world.holder()).toMatchObject({ term: 'new', revision: revisionOf(config) });
    expect(world.longestGapMs).toBeLessThanOrEqual(1_100);
  });

  it.each([-1_000, 1_000])('keeps the gap small when its clock differs by %i ms', async (skewMs) => {
    const world = new ScheduledWorld();
    const first = world.invoke('first');
    await world.clock.pass(INVOCATION_MS - RESERVE_MS - 100_500);
    void world.invoke('second', { skewMs });
    await world.clock.run(first);
    await world.clock.pass(10_000);
    expect(await world.holder()).toMatchObject({ term: 'second' });
    expect(world.longestGapMs).toBeLessThanOrEqual(1_100);
  });

  it('[invariant 7] leaves the votes of its predecessor standing until it has voted itself', async () => {
    const world = new ScheduledWorld();
    void world.invoke('first');
    await world.clock.pass(INVOCATION_MS - RESERVE_MS - 100_500);
    void world.invoke('second');
    const { clock, state } = world;
    while ((await world.holder())?.term !== 'second') await clock.pass(10);
    expect(await state.votes('orders')).toMatchObject([{ term: 'first', verdict: 'alive' }]);
    expect(clock.now() - ((await state.votes('orders'))[0]?.standsAtMs ?? 0)).toBeLessThan(200);
    await clock.pass(1_100);
    expect(await state.votes('orders')).toMatchObject([{ term: 'second', verdict: 'alive' }]);
  });
});

describe('one invocation a minute, as the scheduler has it', () => {
  const scheduled = async (minutes: number, offsetsMs: (minute: number) => readonly number[] = () => [0]) => {
    const world = new ScheduledWorld();
    const outcomes: string[] = [];
    for (let minute = 0; minute < minutes; minute += 1) {
      offsetsMs(minute).forEach((offsetMs, index) => {
        void world.clock
          .sleep(minute * 60_000 + offsetMs)
          .then(() => world.invoke(`minute-${minute}-${index}`))
          .then(({ outcome }) => outcomes.push(outcome));
      });
    }
    await world.clock.pass(minutes * 60_000);
    return { world, outcomes };
  };

  it('hands over within an interval and a tenth of a second, over and over', async () => {
    const { world, outcomes } = await scheduled(32);
    expect(world.beatsAtMs.length).toBeGreaterThan(31 * 60);
    expect(world.longestGapMs).toBeLessThanOrEqual(1_100);
    expect(outcomes.filter((outcome) => outcome === 'watched')).toHaveLength(2);
  });

  it('never has two probe at once', async () => {
    const { world } = await scheduled(32, () => [0, 300]);
    expect(world.beatsAtMs.length).toBeLessThanOrEqual(32 * 60);
  });

  it.each<[string, (minute: number) => readonly number[]]>([
    ['invocation 12 is a minute late', (minute) => (minute === 12 ? [59_000] : [0])],
    ['invocation 13 is missed', (minute) => (minute === 13 ? [] : [0])],
    [
      'invocation 14 is missed, and the one before it came early',
      (minute) => (minute === 14 ? [] : [minute % 2 ? 59_000 : 0]),
    ],
    ['every one comes twice', () => [0, 20_000]],
  ])('hands over when %s', async (_, offsetsMs) => {
    const { world } = await scheduled(18, offsetsMs);
    expect(world.longestGapMs).toBeLessThanOrEqual(1_100);
  });
});
