import { describe, expect, it } from 'vitest';
import { vote, witness } from '../../core/examples.ts';
import { failover, type Failover } from '../failover.ts';

const opened = async () => (await failover()).before('confirm');

describe('confirm', () => {
  it('agrees with a majority that no replica contradicts, and journals their votes', async () => {
    const world = await opened();
    expect(await world.step('confirm')).toEqual({
      outcome: 'confirmed',
      because: 'monitors b, c of 3 miss db-1, and no replica hears it',
    });
    const event = (await world.journal()).find((each) => each.code === 'confirmed');
    expect(event?.votes.map((each) => each.monitor).sort()).toEqual(['b', 'c']);
  });

  it('counts votes that were cast anew while the change was being opened', async () => {
    const world = await opened();
    await world.castVotes(['b', { epoch: 2 }], ['c', { epoch: 2 }]);
    expect(await world.step('confirm')).toMatchObject({ outcome: 'confirmed' });
  });

  it('takes EC2 at its word that the instance is stopped', async () => {
    const world = await opened();
    await world.castVotes(['b', { verdict: 'alive' }], ['c', { verdict: 'alive' }]);
    expect(await world.step('confirm', { instanceStateCode: 80 })).toEqual({
      outcome: 'confirmed',
      because: 'EC2 says that the instance of db-1 is stopped (state code 80)',
    });
  });

  it.each([16, 64, -1])('does not take instance state %i for a death', async (instanceStateCode) => {
    const world = await opened();
    await world.castVotes(['b', { verdict: 'alive' }], ['c', { verdict: 'alive' }]);
    expect(await world.step('confirm', { instanceStateCode })).toMatchObject({ outcome: 'not-confirmed' });
  });

  it('[invariant 8] asks nobody when an operator forces it, and the journal says so', async () => {
    const world = await opened();
    await world.castVotes(['b', { verdict: 'alive' }], ['c', { verdict: 'alive' }]);
    expect(await world.step('confirm', { force: true })).toMatchObject({ outcome: 'confirmed' });
    expect(await world.journal()).toContainEqual(
      expect.objectContaining({ code: 'confirmed', because: expect.stringContaining('an operator forced it') }),
    );
  });
});

describe('[invariant 7] confirm does not agree, and journals no agreement', () => {
  it.each<[string, (world: Failover) => unknown]>([
    ['when one monitor has seen the primary since', (world) => world.castVotes(['c', { verdict: 'alive' }])],
    ['when the votes have grown old', (world) => world.clock.pass(3_001)],
    ['when the votes are on another primary', (world) => world.castVotes(['c', { primary: 'db-2' }])],
    [
      'when a monitor knows a replica that hears the primary',
      (world) =>
        world.castVotes(['a', { verdict: 'blind', witnesses: [witness({ receiver: 'receiving', silentMs: 9 })] }]),
    ],
    [
      'when a replica receives just now',
      (world) => {
        world.fleet.server('db-1').condition = 'up';
        world.fleet.server('db-1').commit();
      },
    ],
  ])('%s', async (_, happens) => {
    const world = await opened();
    await happens(world);
    const answer = await world.step('confirm');
    expect(answer.outcome).toBe('not-confirmed');
    expect(answer['because']).not.toBe('');
    expect(await world.journalCodes()).toEqual(['opened']);
  });

  it('when the primary died without a vote, and the replicas are gone too', async () => {
    const world = await opened();
    for (const id of ['db-2', 'db-3']) world.fleet.fail(id, 'off');
    await world.state.vote(vote('b', { verdict: 'blind', epoch: 1, atMs: world.clock.now() }));
    await world.state.vote(vote('c', { verdict: 'blind', epoch: 1, atMs: world.clock.now() }));
    expect(await world.step('confirm')).toMatchObject({ outcome: 'not-confirmed' });
  });
});

describe('confirm with a primary that hangs', () => {
  it('believes replicas that are connected but silent, as the monitors saw them', async () => {
    const world = await opened();
    world.fleet.fail('db-1', 'hung');
    const { received, heartbeats } = world.fleet.server('db-2').status()!;
    const witnesses = ['db-2', 'db-3'].map((nodeId) =>
      witness({ nodeId, receiver: 'receiving', silentMs: 3_000, received, heartbeats }),
    );
    await world.castVotes(['b', { witnesses }], ['c', { witnesses }]);
    expect(await world.step('confirm')).toMatchObject({ outcome: 'confirmed' });
  });
});
