import { describe, expect, it } from 'vitest';
import { parseMonitorEvent } from '../../../lambdas/monitor/event.ts';

describe('the event of a monitor', () => {
  it('names its monitor and its shard', () => {
    expect(parseMonitorEvent({ monitor: 'a', shard: 3 }, 'a')).toEqual({ monitor: 'a', shard: 3 });
  });

  it.each<[unknown, string]>([
    [
      { monitor: 'b', shard: 0 },
      'event.monitor: received "b"; this is the function of a, so use {"monitor":"a","shard":0}',
    ],
    [{ monitor: 'a' }, 'event: received {"monitor":"a"}; use one such as {"monitor":"a","shard":0}'],
    [{ monitor: 'a', shard: -1 }, 'event: received {"monitor":"a","shard":-1}; use one such as'],
    [{ monitor: 'a', shard: '0' }, 'event: received {"monitor":"a","shard":"0"}; use one such as'],
    [undefined, 'event: received nothing; use one such as'],
    [null, 'event: received null; use one such as'],
  ])('%j is refused, with the fix', (event, message) => {
    expect(() => parseMonitorEvent(event, 'a')).toThrow(message);
  });
});
