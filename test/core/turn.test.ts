import { describe, expect, it } from 'vitest';
import { MAX_CLOCK_SKEW_MS } from '../../lib/core/ballot.ts';
import { LEASE_MS, type Pulse } from '../../lib/core/pulse.ts';
import { judgeTurn, RELIEVED_WITHIN_MS, UNCHANGED_MS, type TurnDecision, type TurnInput } from '../../lib/core/turn.ts';
import { NOW, pulse } from './examples.ts';

const decide = (holder: Partial<Pulse> | null, changes: Partial<TurnInput> = {}): TurnDecision =>
  judgeTurn({
    self: 'me',
    revision: 'r1',
    pulse: holder === null ? null : pulse('a', holder),
    unchangedForMs: 0,
    hasBeaten: false,
    nowMs: NOW,
    ...changes,
  });

/** It has not beaten since, and its lease ran out a moment ago, whatever the clocks say. */
const RUN_OUT = { atMs: NOW - LEASE_MS - MAX_CLOCK_SKEW_MS - 1 };

describe('an invocation that comes', () => {
  it.each<[string, TurnDecision, Partial<Pulse> | null, Partial<TurnInput>]>([
    ['takes a seat that nobody ever had', 'take', null, {}],
    ['takes one that was released', 'take', { releasedAtMs: NOW - 5 }, {}],
    ['leaves a holder alone that it has just seen live', 'leave', { atMs: NOW - 999 }, {}],
    ['also by a clock that is behind', 'leave', { atMs: NOW + 999 }, {}],
    ['waits for the next pulse of one that it has not', 'wait', { atMs: NOW - 1_000 }, {}],
    ['leaves once that pulse came', 'leave', { atMs: NOW - 1_000 }, { hasBeaten: true }],
    [
      'waits for a lease that ran out by one clock alone',
      'wait',
      { atMs: NOW - LEASE_MS - MAX_CLOCK_SKEW_MS },
      { unchangedForMs: UNCHANGED_MS },
    ],
    ['waits for a holder that may renew, the table being back', 'wait', RUN_OUT, { unchangedForMs: UNCHANGED_MS - 1 }],
    ['takes the seat of one that did not', 'take', RUN_OUT, { unchangedForMs: UNCHANGED_MS }],
    ['asks one that ends soon to make room', 'ask', { endsAtMs: NOW + RELIEVED_WITHIN_MS }, {}],
    ['not one that does not', 'leave', { endsAtMs: NOW + RELIEVED_WITHIN_MS + 1 }, {}],
    ['asks one with another configuration', 'ask', { revision: 'r0' }, {}],
    ['stands by once it has asked', 'stand-by', { endsAtMs: NOW + 1, relief: 'me' }, { hasBeaten: true }],
    ['leaves when another stands by', 'leave', { endsAtMs: NOW + 1, relief: 'other' }, {}],
    [
      'stays when another stands by and the holder is not seen to live',
      'wait',
      { endsAtMs: NOW + 1, relief: 'other', atMs: NOW - 2_000 },
      {},
    ],
    [
      'takes the seat that it asked for when the holder died of it',
      'take',
      { ...RUN_OUT, endsAtMs: NOW + 1, relief: 'me' },
      { unchangedForMs: UNCHANGED_MS },
    ],
  ])('%s', (_, decision, holder, changes) => {
    expect(decide(holder, changes)).toBe(decision);
  });
});
