/**
 * How late rounds began, from the instants at which they did.
 *
 * @module
 */

export interface Lateness {
  /** Behind the grid of the interval through the earliest start of the cluster; sorted, in milliseconds. */
  readonly latenessMs: readonly number[];
  /** Between two starts of a cluster, less the interval; sorted, in milliseconds. */
  readonly gapMs: readonly number[];
}

/** @param clusters the instants of each cluster's rounds, in order, in milliseconds */
export function latenessOf(clusters: readonly (readonly number[])[], intervalMs: number): Lateness {
  const ascending = (a: number, b: number) => a - b;
  return {
    latenessMs: clusters.flatMap((starts) => behindGrid(starts, intervalMs)).sort(ascending),
    gapMs: clusters
      .flatMap((starts) => starts.slice(1).map((start, index) => start - (starts[index] ?? start) - intervalMs))
      .sort(ascending),
  };
}

/**
 * The grid is the one on which the earliest start of all lies: no start is before its time, and one of them is on time.
 * A round that was left out makes the next ones no later.
 */
function behindGrid(starts: readonly number[], intervalMs: number): readonly number[] {
  const phases = starts.map((start) => start % intervalMs);
  // The grid begins after the widest gap between two phases on the circle of one interval.
  const sorted = [...phases].sort((a, b) => a - b);
  const [least] = sorted;
  if (least === undefined) return [];
  let origin = least;
  let widest = -1;
  for (const [index, phase] of sorted.entries()) {
    const before = index === 0 ? (sorted.at(-1) ?? phase) - intervalMs : (sorted[index - 1] ?? phase);
    if (phase - before > widest) [widest, origin] = [phase - before, phase];
  }
  return phases.map((phase) => (phase - origin + intervalMs) % intervalMs);
}

/** The value below which this part of all lies; 0 of none. */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
