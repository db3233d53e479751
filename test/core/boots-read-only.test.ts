import { describe, expect, it } from 'vitest';
import { knownToBootReadOnly, type BootsReadOnly } from '../../lib/core/boots-read-only.ts';

const U = 'unknown';

describe('[invariant 1] whether a server boots read-only', () => {
  it.each<[BootsReadOnly, BootsReadOnly, boolean, BootsReadOnly]>([
    // What it showed last decides, whatever else was said.
    [true, false, false, true],
    [false, true, true, false],
    // Then what it showed before it was opened.
    [U, true, false, true],
    [U, false, true, false],
    // Then what a person declared, who can't say that it does not.
    [U, U, true, true],
    [U, U, false, U],
  ])('seen %s, recorded %s and declared %s is %s', (seen, recorded, declared, known) => {
    expect(knownToBootReadOnly({ seen, recorded, declared })).toBe(known);
  });
});
