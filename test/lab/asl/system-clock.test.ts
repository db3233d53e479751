import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../lab/cloud/asl/system-clock.ts';

const never = new AbortController().signal;

describe('the real clock', () => {
  it('does not wake at once from a sleep that is longer than a timer of Node takes', async () => {
    const stop = new AbortController();
    const awake = vi.fn<() => void>();
    const sleep = systemClock.sleep(2 ** 31 * 1000, stop.signal).then(awake);
    await systemClock.sleep(5, never);
    expect(awake).not.toHaveBeenCalled();
    stop.abort();
    await expect(sleep).rejects.toThrow('aborted');
  });

  it('does not sleep for somebody who has given up already', async () => {
    await expect(systemClock.sleep(0, AbortSignal.abort())).rejects.toThrow('aborted');
  });
});
