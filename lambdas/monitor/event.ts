/**
 * What the scheduler gives a monitor.
 *
 * @module
 */
import * as z from 'zod';
import { InvalidInput } from '../../lib/core/errors.ts';

export interface MonitorEvent {
  readonly monitor: string;
  /** Number of the shard that this invocation watches. */
  readonly shard: number;
}

const eventSchema = z.object({ monitor: z.string(), shard: z.int().min(0) });

/** Throws `InvalidInput` for an event that is none, or of another monitor than `self`. */
export function parseMonitorEvent(event: unknown, self: string): MonitorEvent {
  const example = `{"monitor":"${self}","shard":0}`;
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) {
    throw new InvalidInput(`event: received ${JSON.stringify(event) ?? 'nothing'}; use one such as ${example}`);
  }
  const { monitor, shard } = parsed.data;
  if (monitor !== self) {
    throw new InvalidInput(`event.monitor: received "${monitor}"; this is the function of ${self}, so use ${example}`);
  }
  return { monitor, shard };
}
