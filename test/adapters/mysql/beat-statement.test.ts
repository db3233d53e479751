import { describe, expect, it } from 'vitest';
import { INSERT_BEAT, isBeatOf } from '../../../lib/adapters/mysql/schema.ts';

/** As a server lists it: the driver has put the values in, and the list may break off. */
const shown = (monitor: string, length = Infinity) => INSERT_BEAT.replace('?', `'${monitor}'`).slice(0, length);

describe('a beat in a list of sessions', () => {
  it('is known by its monitor', () => {
    expect(isBeatOf('a', shown('a'))).toBe(true);
    expect(isBeatOf('a', shown('b'))).toBe(false);
    expect(isBeatOf('a', shown('ab'))).toBe(false);
  });

  it('is known though the list breaks off within a long name', () => {
    const name = 'a-name-of-thirty-one-characters';
    expect(shown(name, 100)).not.toContain(name);
    expect(isBeatOf(name, shown(name, 100))).toBe(true);
  });

  it.each(['', 'SELECT 1', INSERT_BEAT.slice(0, 40)])('is not taken for %j', (statement) => {
    expect(isBeatOf('a', statement)).toBe(false);
  });
});
