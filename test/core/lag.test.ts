import { describe, expect, it } from 'vitest';
import { lagSecondsOf } from '../../lib/core/lag.ts';
import { NOW, replica } from './examples.ts';

describe('how far a replica is behind', () => {
  const lag = (lagSeconds: number | null, beatAtMs: number | null, primaryBeatAtMs: number | null) =>
    lagSecondsOf({ replica: replica({ lagSeconds }), beatAtMs }, primaryBeatAtMs);

  it.each<[string, number | null, number | null, number | null, number | null]>([
    ['is told by the beats when its source is gone, and it says nothing itself', null, NOW - 90_000, NOW, 90],
    ['is what it says itself where there are no beats', 7, null, NOW, 7],
    ['is what it says itself when nobody saw a beat on the primary', 7, NOW, null, 7],
    ['is unknown when nothing tells', null, null, null, null],
    ['is the longer of both', 120, NOW - 90_000, NOW, 120],
    ['is the longer of both, also by the beats', 0, NOW - 90_000, NOW, 90],
    ['is nothing within a second', 0, NOW - 999, NOW, 0],
    ['is nothing when it has a newer beat than the primary was last seen to have', null, NOW + 5_000, NOW, 0],
  ])('%s', (_, own, beatAtMs, primaryBeatAtMs, expected) => {
    expect(lag(own, beatAtMs, primaryBeatAtMs)).toBe(expected);
  });
});
