import { describe, expect, it } from 'vitest';
import type { Failure } from '../../lib/core/observation.ts';
import { judgeRefusal, NOT_REFUSED } from '../../lib/core/refusal.ts';
import { NOW } from './examples.ts';

type Outcome = 'ok' | Failure;

/** For how long it was refused after probes half a second apart, each given as `read/write` or one word for both. */
function refusedForMs(...probes: readonly string[]): number | null {
  let refusal = NOT_REFUSED;
  for (const [index, probe] of probes.entries()) {
    const [read, write = read] = probe.split('/') as [Outcome, Outcome | undefined];
    refusal = judgeRefusal(refusal, { read, write, answeredAtMs: NOW + index * 500 });
  }
  return refusal.forMs;
}

describe('a monitor is refused', () => {
  it.each<[string, readonly string[], number]>([
    ['from the first refused probe on', ['ok', 'refused'], 0],
    ['for as long as the run lasts', ['ok', 'refused', 'refused', 'refused'], 1_000],
    ['after its statements were cut in mid-air', ['ok', 'cut', 'refused', 'refused'], 500],
    ['after one connection was cut sooner than the other', ['ok', 'ok/cut', 'cut/refused', 'refused', 'refused'], 500],
    ['after a write was refused by SQL, which leaves the connection sound', ['ok/sql', 'refused', 'refused'], 500],
    ['anew after it was back', ['ok', 'refused', 'refused', 'ok', 'refused', 'refused'], 500],
    [
      'still when silence follows, as once the network is closed',
      ['ok', 'refused', 'refused', 'refused', 'timeout'],
      1_000,
    ],
    [
      'as long as the longest run, before a shorter one',
      ['ok', 'refused', 'refused', 'refused', 'timeout', 'refused'],
      1_000,
    ],
    ['as long as the longest run, whatever follows that', ['ok', 'refused', 'refused', 'unreachable', 'refused'], 500],
    ['still when the monitor could not try', ['ok', 'refused', 'refused', 'untried'], 500],
    ['when both connections came to be kept one after another', ['ok/timeout', 'ok', 'refused', 'refused'], 500],
  ])('%s', (_, probes, ms) => {
    expect(refusedForMs(...probes)).toBe(ms);
  });
});

describe('[invariant 1] a monitor can not tell that its connections were cut', () => {
  it.each<[string, readonly string[]]>([
    ['before it ever had any', ['refused', 'refused', 'refused']],
    ['when it never had one of the two', ['ok/timeout', 'refused', 'refused']],
    ['when it never had one, and was cut when it tried', ['ok/timeout', 'cut', 'refused', 'refused']],
    ['when it could not try between', ['ok', 'untried', 'refused', 'refused']],
    ['when it gave them up itself, as a frozen server was silent', ['ok', 'timeout', 'refused', 'refused']],
    ['when it gave up one of them', ['ok', 'cut/timeout', 'refused', 'refused']],
    ['when the server was accepting and mute between', ['ok', 'cut', 'unanswered', 'refused', 'refused']],
    ['when the network was out between', ['ok', 'unreachable', 'refused', 'refused']],
    ['when its account was refused, so that it had none', ['ok', 'denied', 'refused', 'refused']],
    ['when there was no connection left for it', ['ok', 'ok/exhausted', 'refused', 'refused']],
  ])('%s', (_, probes) => {
    expect(refusedForMs(...probes)).toBeNull();
  });

  it.each<[string, readonly string[]]>([
    ['only one of the two is refused', ['ok', 'refused/ok']],
    ['a kept connection still works', ['ok', 'ok/refused', 'ok/refused']],
    ['the port accepted again, and cut', ['ok', 'refused', 'refused', 'cut']],
    ['the port accepted again, and was mute', ['ok', 'refused', 'refused', 'refused/unanswered']],
    ['the server answered again, be it with an error', ['ok', 'refused', 'refused', 'sql', 'timeout']],
    ['the server was there again for one of the two', ['ok', 'refused', 'refused', 'timeout/exhausted', 'timeout']],
    ['all is well', ['ok', 'ok']],
  ])('as they were not, when %s', (_, probes) => {
    expect(refusedForMs(...probes)).toBeNull();
  });
});
