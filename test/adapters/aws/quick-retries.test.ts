import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QuickRetries } from '../../../lib/adapters/aws/quick-retries.ts';

beforeEach(() => {
  vi.useFakeTimers();
  // The longest waits that there are.
  vi.spyOn(Math, 'random').mockReturnValue(0.999_999);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** When each retry comes, in milliseconds after the first attempt, until there are no more. */
async function retries(errorType: 'THROTTLING' | 'TRANSIENT' | 'CLIENT_ERROR'): Promise<number[]> {
  const strategy = new QuickRetries();
  const startedAtMs = Date.now();
  const times: number[] = [];
  let token = await strategy.acquireInitialRetryToken('ec2');
  for (;;) {
    const next = strategy.refreshRetryTokenForRetry(token, { errorType }).catch(() => null);
    await vi.runAllTimersAsync();
    const refreshed = await next;
    if (refreshed === null) return times;
    token = refreshed;
    times.push(Date.now() - startedAtMs);
  }
}

describe('a call', () => {
  it('that is throttled is tried five times more, the first two before a vote is too old', async () => {
    expect(await retries('THROTTLING')).toEqual([99, 298, 697, 1_496, 3_095]);
  });

  it('that is not answered, or fails within AWS, is tried twice more', async () => {
    expect(await retries('TRANSIENT')).toEqual([99, 298]);
  });

  it('that is refused for what it asks is not tried again', async () => {
    expect(await retries('CLIENT_ERROR')).toEqual([]);
  });
});
