import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { turns } from '../../../lib/adapters/mysql/handshake-turns.ts';

const HELD_MS = 500;

/** Notes who has had a turn, and how it is ended. */
function takers(atOnce: number) {
  const its = turns(atOnce, HELD_MS);
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    began,
    end: (name: string) => ends.get(name)?.(),
    come: async (...names: readonly string[]) => {
      for (const name of names) {
        void its.take().then((end) => {
          began.push(name);
          ends.set(name, end);
        });
      }
      await settled();
    },
  };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('turns', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('lets so many begin at once, and the next when one has ended, the first to come first', async () => {
    const { began, come, end } = takers(2);
    await come('a', 'b', 'c', 'd');
    expect(began).toEqual(['a', 'b']);
    end('b');
    await settled();
    expect(began).toEqual(['a', 'b', 'c']);
    end('a');
    await settled();
    expect(began).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets others begin when a turn takes too long', async () => {
    const { began, come } = takers(1);
    await come('a', 'b');
    await vi.advanceTimersByTimeAsync(HELD_MS - 1);
    expect(began).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1);
    expect(began).toEqual(['a', 'b']);
  });

  it('counts a turn once, however often it is ended, and also when it was taken away', async () => {
    const { began, come, end } = takers(1);
    await come('a', 'b', 'c', 'd');
    end('a');
    end('a');
    await settled();
    expect(began).toEqual(['a', 'b']);
    await vi.advanceTimersByTimeAsync(HELD_MS);
    end('b');
    await settled();
    expect(began).toEqual(['a', 'b', 'c']);
  });

  it('has as many turns as at first when nobody waits any more', async () => {
    const { began, come, end } = takers(2);
    await come('a', 'b', 'c');
    for (const name of ['a', 'b']) end(name);
    await settled();
    end('c');
    await come('d', 'e', 'f');
    expect(began).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
