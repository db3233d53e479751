/**
 * One of the processes that go through the hours: told by IPC which, it tells what they amount to, now and then and at
 * the end.
 *
 * @module
 */
import { hoursOf } from './hours.ts';
import { emptyTally } from './tally.ts';

export interface Task {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

const TELL_EVERY_MS = 2_000;

process.once('message', (message) => {
  // Sent by the bench.
  const { seed, from, to, stride } = message as Task;
  void (async () => {
    let tally = emptyTally();
    let toldAtMs = performance.now();
    for (let hour = from; hour < to; hour += stride) {
      await hoursOf(seed, hour, tally);
      if (performance.now() - toldAtMs < TELL_EVERY_MS) continue;
      process.send?.(tally);
      tally = emptyTally();
      toldAtMs = performance.now();
    }
    process.send?.(tally, () => process.disconnect());
  })();
});
process.on('disconnect', () => process.exit());
