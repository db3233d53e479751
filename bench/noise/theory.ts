/**
 * How long detection may take in theory: a probe comes up to an interval after the death; of `failures` probes each but
 * the last takes as long as an interval, or as a failure if that is longer; and the last one has to fail too. A crash
 * fails at once, and silence after the timeout. What noise takes away at that moment comes on top.
 *
 * @module
 */
import type { DetectionConfig } from '../../lib/core/config.ts';
import { witnessSilenceMs } from '../../lib/core/veto.ts';
import type { Found } from './judge.ts';

export interface Bound {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** The start of an execution and its steps Open and Confirm, with the calls of the table, as this simulation has them. */
export const CONFIRMING_MS = 250;

export function boundOf(loss: Found, detection: DetectionConfig): Bound {
  const { intervalMs, timeoutMs, failures, writeDeadlineSeconds } = detection;
  const { connectTimeoutMs = timeoutMs, writeTimeoutMs = timeoutMs } = detection;
  const probes = (failMs: number): Bound => {
    const leastMs = (failures - 1) * Math.max(intervalMs, failMs) + failMs;
    // A replica that has just heard it forbids a failover for so long.
    return { leastMs, mostMs: Math.max(intervalMs + leastMs, witnessSilenceMs(detection) + timeoutMs) + CONFIRMING_MS };
  };
  switch (loss) {
    case 'crash':
      return probes(0);
    case 'hang':
    case 'power':
    case 'zone':
    case 'partition':
      return probes(Math.max(timeoutMs, connectTimeoutMs));
    case 'stall': {
      const leastMs = writeDeadlineSeconds * 1_000;
      return { leastMs, mostMs: leastMs + 2 * intervalMs + writeTimeoutMs + CONFIRMING_MS };
    }
    case 'restart':
      // It is down for up to a second, and seen again with the next probe.
      return { leastMs: 0, mostMs: 1_000 + intervalMs + timeoutMs + CONFIRMING_MS };
    default:
      return loss satisfies never;
  }
}
