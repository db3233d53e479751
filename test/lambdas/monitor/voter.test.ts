import { describe, expect, it } from 'vitest';
import { voter, type Ballot } from '../../../lambdas/monitor/voter.ts';
import { CloudError } from '../../../lib/core/errors.ts';
import type { Verdict } from '../../../lib/core/observation.ts';
import { NOW, semiSync, vote, witness } from '../../core/examples.ts';
import { FakeWorld } from '../../fakes/fake-world.ts';

const HEARING = [witness({ receiver: 'receiving', silentMs: 100 })];

/** A monitor whose votes are written down, and which has voted `alive` at `NOW`. */
async function voting(first: Partial<Ballot> = {}) {
  const world = new FakeWorld();
  const written: string[] = [];
  let holds = true;
  let fails = false;
  const context = {
    ...world.watchContext('a'),
    term: { id: 'a-1', holds: () => holds },
    state: {
      ...world.state,
      vote: async (cast: Parameters<typeof world.state.vote>[0]) => {
        if (fails) throw new CloudError('the table is out of reach');
        expect(cast).toMatchObject({ term: 'a-1', standsAtMs: cast.atMs });
        written.push(cast.verdict);
      },
    },
  };
  const cast = voter(world.cluster, context);
  const well: Ballot = { ...vote('a', { verdict: 'alive', failure: null, witnesses: HEARING }), ...first };
  await cast(well);
  written.length = 0;
  return {
    written,
    well,
    /** Votes so much later. */
    after: (ms: number, changes: Partial<Ballot> = {}) => cast({ ...well, ...changes, atMs: NOW + ms }),
    lapse: () => (holds = false),
    fail: (whether: boolean) => (fails = whether),
  };
}

describe('a vote that says nothing new', () => {
  it.each<Verdict>(['alive', 'suspect', 'blind'])('is never written again: %s', async (verdict) => {
    const { after, written } = await voting({ verdict });
    for (let second = 1; second <= 3_600; second += 1) await after(second * 1_000, { executed: `0-1-${second}` });
    expect(written).toEqual([]);
  });

  it('is written in each round while it is dead', async () => {
    const { after, written } = await voting({ verdict: 'dead' });
    for (const ms of [1_000, 2_000, 3_000]) await after(ms);
    expect(written).toEqual(['dead', 'dead', 'dead']);
  });

  it.each<Verdict>(['stalled', 'restarted'])('is written each five seconds while it is %s', async (verdict) => {
    const { after, written } = await voting({ verdict });
    for (let second = 1; second <= 20; second += 1) await after(second * 1_000);
    expect(written).toHaveLength(4);
  });
});

describe('a vote that says something new', () => {
  it.each<[string, Partial<Ballot>]>([
    ['verdict', { verdict: 'suspect' }],
    ['epoch', { epoch: 5 }],
    ['primary', { primary: 'db-2' }],
    ['identity', { identity: '9' }],
    ['semi-sync', { semiSync: semiSync({ connectedReplicas: 1 }) }],
    ['acknowledgers', { acknowledging: ['db-2'] }],
    ['boots read-only', { bootsReadOnly: 'unknown' }],
  ])('is written at once: %s', async (_, changes) => {
    const { after, written } = await voting();
    await after(1, changes);
    expect(written).toHaveLength(1);
  });

  it.each<[string, Partial<Ballot>]>([
    ['a replica hears no more', { witnesses: [witness({ receiver: 'receiving', silentMs: 60_000 })] }],
    ['a replica does not answer', { witnesses: [witness({ reachable: false })] }],
    ['another failure', { failure: 'timeout' }],
  ])('[invariant 7] is written within five seconds, so that no veto outlives its witness: %s', async (_, changes) => {
    const { after, written } = await voting();
    await after(4_999, changes);
    expect(written).toEqual([]);
    await after(5_000, changes);
    await after(20_000, changes);
    expect(written).toHaveLength(1);
  });
});

it('a vote is not new in that it is known by now how long a replica has been silent', async () => {
  const { after, written } = await voting({ witnesses: [witness({ receiver: 'receiving', silentMs: null })] });
  await after(6_000, { witnesses: HEARING });
  expect(written).toEqual([]);
});

describe('a vote that could not be written', () => {
  it('is written in the next round, whatever it says by then', async () => {
    const { after, fail, written } = await voting();
    fail(true);
    await expect(after(1_000, { verdict: 'suspect' })).rejects.toThrow(CloudError);
    fail(false);
    await after(2_000);
    expect(written).toEqual(['alive']);
  });

  it('is not tried once the lease has run out: whoever took over votes', async () => {
    const { after, lapse, written } = await voting();
    lapse();
    await after(1_000);
    await expect(after(2_000, { verdict: 'dead' })).rejects.toThrow('the lease has run out');
    expect(written).toEqual([]);
  });
});
