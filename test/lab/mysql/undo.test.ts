import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { once, repeatedly } from '../../../lab/mysql/faults/undo.ts';

describe('a fault that goes on by itself', () => {
  it('ends when it is undone, in the middle of what it does', async () => {
    let rounds = 0;
    const undo = repeatedly(async (signal) => {
      rounds += 1;
      await delay(60_000, undefined, { signal });
    });
    await undo();
    expect(rounds).toBe(1);
  });

  it('tells what went wrong when it is undone, and not before', async () => {
    const undo = repeatedly(() => Promise.reject(new Error('the server does not start')));
    await delay(1);
    await expect(undo()).rejects.toThrow('the server does not start');
  });
});

it('an undo that may be called twice does its work once, and tells both callers', async () => {
  let calls = 0;
  const undo = once(async () => {
    calls += 1;
    await delay(1);
    throw new Error('too late');
  });
  await expect(Promise.all([undo(), undo()])).rejects.toThrow('too late');
  expect(calls).toBe(1);
});
