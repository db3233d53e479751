import { describe, expect, it } from 'vitest';
import { tellStory, type Story } from '../../../lib/core/story/tell-story.ts';
import { failover, ORDER, type Failover } from '../../lambdas/failover.ts';

/** A second between steps, so that each has a time of its own. */
async function run(world: Failover, steps: readonly Parameters<Failover['step']>[0][]): Promise<void> {
  for (const step of steps) {
    await world.clock.pass(1_000);
    await world.step(step);
  }
}

const storyOf = async (world: Failover): Promise<Story> => tellStory(await world.journal())!;
/** The timeline: seconds since the beginning, and what happened. */
const timeline = ({ moments }: Story) =>
  moments.map(({ offsetMs, code }) => `${(offsetMs! / 1_000).toFixed(1)} ${code}`);
const sentences = ({ moments }: Story) => moments.map((moment) => moment.sentence);
const known = (story: Story) => story.known.map((claim) => claim.sentence);

describe('[invariant 8] the story of a failover', () => {
  it('goes from the first missed probe to the end', async () => {
    const world = await failover();
    await run(world, ORDER);
    await run(world, ['check-instance']);
    const story = await storyOf(world);
    expect(timeline(story)).toEqual([
      '0.0 missed',
      '0.0 missed',
      '4.0 opened',
      '5.0 confirmed',
      '6.0 planned',
      '7.0 fence-evidence',
      '8.0 fence-failed',
      '9.0 interfaces-isolated',
      '9.0 fence-evidence',
      '10.0 stop-requested',
      '11.0 fence-proven',
      '12.0 settled',
      '13.0 promoted',
      '14.0 address-moved',
      '15.0 route-verified',
      '16.0 repointed',
      '17.0 closed',
      '18.0 fence-evidence',
      '18.0 fence-complete',
    ]);
    expect(story).toMatchObject({
      cluster: 'orders',
      epoch: 2,
      executions: ['orders-e2'],
      headline: 'failed over from db-1 to db-2',
      ending: 'failed-over',
      oldPrimary: 'db-1',
      newPrimary: 'db-2',
      startedWith: 'the first missed probe',
      advice: [],
    });
    expect(story.tookMs).toBe(story.outageMs);
    expect(sentences(story)).toContain('monitor b first missed db-1 (refused)');
    expect(known(story)).toEqual([
      'db-2 (server 2) was opened for writes under epoch 2',
      expect.stringMatching(/^db-1 can't acknowledge writes, proven by acks-revoked: /),
      'db-1 was to get the fence group alone (eni-1 had sg-1)',
      'db-1 is stopped (i-1)',
      expect.stringMatching(
        /^possible loss: no transactions of what the old primary had when it was last seen, [\d.]+ s before/,
      ),
      '10.0.1.100 leads to server 2, verified by the VIP',
      'db-3 follows db-2',
    ]);
  });

  it('by DNS says why, and that the address is still to be moved', async () => {
    const world = await (await failover()).before('move-address');
    world.network.failing.add('assignAddress');
    await expect(world.step('move-address')).rejects.toThrow('assignAddress failed');
    await world.step('point-record');
    await world.step('verify-route', { route: 'dns' });
    await world.step('repoint');
    await world.step('close', { route: 'dns' });
    const story = await storyOf(world);
    expect(story.ending).toBe('failed-over');
    expect(sentences(story)).toContain('the VIP does not lead there: assignAddress failed');
    expect(known(story)).toContain('10.0.1.12 leads to server 2, verified by the DNS record');
    expect(story.advice).toEqual([
      'move the VIP to the new primary by hand: only who resolves orders.db.example.internal reaches it',
    ]);
  });

  it('that an operator forced says who, why, and that nobody was asked', async () => {
    const world = await failover();
    const trigger = { kind: 'operator', name: 'kim', reason: 'kernel bug' };
    await world.step('open', { trigger, force: true });
    await world.step('confirm', { force: true });
    const story = await storyOf(world);
    expect(known(story)).toEqual([
      'kim asked for it (kernel bug), and forced it: nobody was asked whether the old primary was gone',
    ]);
  });

  it('with a replica that does not follow says which, until it does', async () => {
    const world = await (await failover()).before('repoint');
    world.fleet.fail('db-3', 'down');
    await world.step('repoint');
    expect((await storyOf(world)).advice).toContain('make db-3 follow the new primary, or rebuild it');
    world.fleet.server('db-3').condition = 'up';
    await world.step('repoint');
    const story = await storyOf(world);
    expect(story.advice).not.toContain('make db-3 follow the new primary, or rebuild it');
    expect(known(story)).toContain('db-3 follows db-2');
  });
});

describe('[invariant 8] the story of a change that was not carried out', () => {
  it('and stood down says so, and leaves nothing to do', async () => {
    const world = await failover();
    await run(world, ['open', 'stand-down']);
    const story = await storyOf(world);
    expect(story).toMatchObject({
      headline: 'stood down from a failover of db-1',
      ending: 'stood-down',
      newPrimary: null,
      outageMs: null,
      startedWith: 'the first event',
      tookMs: 1_000,
      known: [],
      advice: [],
    });
    expect(sentences(story)).toEqual([
      'epoch 2 opened to replace db-1, asked for by monitor b',
      'stood down: a: alive',
    ]);
  });

  it('and halted before anybody was elected for good says what was done to the old primary', async () => {
    const world = await (await failover()).before('prove');
    await world.step('halt');
    const story = await storyOf(world);
    expect(story.headline).toBe('failover of db-1 halted by FenceUnproven, with no word of a promotion');
    expect(known(story)).toEqual([
      'db-1 was to get the fence group alone (eni-1 had sg-1)',
      'db-1 was asked to stop (i-1)',
      expect.stringMatching(
        /^by the plan, possible loss: no transactions of what the old primary had when it was last seen/,
      ),
    ]);
    expect(story.advice).toEqual([
      'find out which server is writable, db-1 first, and never open a second one',
      'then start a failover with "force": true, or, if db-1 is well, undo its fence and release the cluster (docs/operations.md, "After a halt")',
    ]);
  });

  it('and halted when somebody was about to be opened says that this server may be writable', async () => {
    const world = await (await failover()).before('promote');
    await world.step('halt', { problem: { Error: 'States.Timeout', Cause: 'no answer' } });
    const story = await storyOf(world);
    expect(story.headline).toBe('failover of db-1 halted by States.Timeout, with db-2 about to be opened for writes');
    expect(known(story)[0]).toBe('db-2 was about to be opened, and may be writable');
    expect(story.newPrimary).toBeNull();
    expect(story.advice[1]).toContain('add "dismiss": "db-2" only if it is read-only for certain');
  });

  it('and halted after the promotion says who is the primary, and that clients may not be led there', async () => {
    const world = await (await failover()).before('verify-route');
    await world.step('halt', { problem: { Error: 'RouteLost', Cause: '10.0.1.100 leads to nobody' } });
    const story = await storyOf(world);
    expect(story).toMatchObject({
      headline: 'failover of db-1 halted by RouteLost, with db-2 promoted',
      newPrimary: 'db-2',
      outageMs: null,
    });
    expect(known(story)).toContain('10.0.1.100 was moved to eni-2, but not verified');
    expect(story.advice).toEqual([
      'take db-2 for the primary, open no other, and keep db-1 stopped',
      'find out where clients are led, and lead them to db-2',
      'release the cluster when that is so (docs/operations.md, "After a halt")',
    ]);
  });

  it('and has no end says to wait while its execution runs', async () => {
    const world = await (await failover()).before('settle');
    const story = await storyOf(world);
    expect(story).toMatchObject({
      headline: 'failover of db-1 without an end so far, with no word of a promotion',
      ending: 'unfinished',
      tookMs: null,
    });
    expect(story.advice[0]).toBe('wait while orders-e2 runs; what follows is for when it has ended');
  });

  it('and halted after it was closed counts as halted, as a person must look', async () => {
    const world = await failover();
    await run(world, ORDER);
    const halted = { ...(await world.journal()).at(-1)!, code: 'halted', at: 'States.Timeout', because: 'late' };
    expect(tellStory([...(await world.journal()), halted])).toMatchObject({ ending: 'halted', newPrimary: 'db-2' });
  });

  it('and left nothing is none', () => {
    expect(tellStory([])).toBeNull();
  });
});
