import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ballotsOf, voteLifetimeMs } from '../../lib/core/ballot.ts';
import { CALLS_FOR_CHANGE, type Verdict } from '../../lib/core/observation.ts';
import { PULSE_MS, standing } from '../../lib/core/pulse.ts';
import { agreeOnLoss } from '../../lib/core/quorum.ts';
import { exampleConfig } from '../fakes/example-config.ts';
import { counterexample, NOW, pulse, vote, witness } from './examples.ts';

const config = exampleConfig();
const cluster = config.clusters[0]!;
const VERDICTS: readonly Verdict[] = ['alive', 'suspect', 'dead', 'blind', 'stalled', 'restarted'];
const HOUR_MS = 3_600_000;

const anyVote = fc.record({
  monitor: fc.constantFrom('a', 'b', 'c'),
  verdict: fc.constantFrom(...VERDICTS),
  ageMs: fc.integer({ min: 0, max: HOUR_MS }),
});
const anyPulse = fc.record({
  monitor: fc.constantFrom('a', 'b', 'c'),
  ageMs: fc.integer({ min: -500, max: 20_000 }),
  unwatched: fc.constantFrom<readonly string[]>([], ['orders']),
});
const agreement = (votes: Parameters<typeof ballotsOf>[0]['votes']) =>
  agreeOnLoss({
    cluster,
    monitors: config.monitors,
    state: { epoch: 4, primary: 'db-1' },
    votes,
    live: [],
    nowMs: NOW,
  });

describe('[invariant 7] a pulse', () => {
  it.each(VERDICTS)('keeps a vote of its term standing, unless it calls for a change: %s', (verdict) => {
    const old = vote('a', { verdict, atMs: NOW - HOUR_MS });
    const { standsAtMs } = standing(old, [pulse('a', { atMs: NOW - PULSE_MS })]);
    expect(standsAtMs).toBe(CALLS_FOR_CHANGE.includes(verdict) ? NOW - HOUR_MS : NOW - PULSE_MS);
  });

  it('lets a vote go soon after it has stopped', () => {
    const { detection } = cluster;
    const old = vote('a', { verdict: 'alive', atMs: NOW - HOUR_MS });
    const wordOf = (pulseAgeMs: number) =>
      ballotsOf({
        cluster,
        monitors: config.monitors,
        state: { epoch: 4, primary: 'db-1' },
        votes: [standing(old, [pulse('a', { atMs: NOW - pulseAgeMs })])],
        nowMs: NOW,
      })[0];
    expect(wordOf(voteLifetimeMs(detection, 'alive'))).toMatchObject({ counts: true, word: 'alive' });
    expect(wordOf(voteLifetimeMs(detection, 'alive') + 1)).toMatchObject({ counts: false, code: 'stale' });
  });

  it('makes no agreement, whatever it says, of votes that are none without it', () => {
    const found = counterexample(
      [fc.array(anyVote, { maxLength: 5 }), fc.array(anyPulse, { maxLength: 5 })],
      (votes, pulses) => {
        const without = votes.map(({ monitor, verdict, ageMs }) => vote(monitor, { verdict, atMs: NOW - ageMs }));
        const beats = pulses.map(({ monitor, ageMs, unwatched }) => pulse(monitor, { atMs: NOW - ageMs, unwatched }));
        const withPulses = without.map((each) => standing(each, beats));
        return agreement(without).agreed || !agreement(withPulses).agreed;
      },
    );
    expect(found).toBeNull();
  });

  it('keeps the veto of a monitor that has seen the primary alive for an hour', () => {
    const witnesses = [witness({ receiver: 'receiving', silentMs: 0 })];
    const alive = vote('a', { verdict: 'alive', atMs: NOW - HOUR_MS, witnesses });
    const unreached = [witness({ reachable: false, receiver: null })];
    const dead = ['b', 'c'].map((id) => vote(id, { witnesses: unreached }));
    expect(agreement([standing(alive, [pulse('a')]), ...dead])).toMatchObject({ code: 'a-replica-hears-it' });
    expect(agreement([standing(alive, []), ...dead])).toMatchObject({ agreed: true });
  });
});

describe('[invariant 7] a vote on the epoch before', () => {
  const witnesses = [witness({ receiver: 'receiving', silentMs: 0 })];

  it('counts when it calls for no change: its monitor has not heard of one that stood down', () => {
    const alive = vote('a', { verdict: 'alive', epoch: 3, witnesses });
    const unreached = [witness({ reachable: false, receiver: null })];
    const dead = ['b', 'c'].map((id) => vote(id, { witnesses: unreached }));
    expect(agreement([alive, ...dead])).toMatchObject({ agreed: false, code: 'a-replica-hears-it' });
  });

  it.each(CALLS_FOR_CHANGE)('does not when it is %s', (verdict) => {
    const votes = ['a', 'b', 'c'].map((id) => vote(id, { verdict, epoch: 3 }));
    expect(agreement(votes)).toMatchObject({ agreed: false, code: 'no-quorum' });
  });
});
