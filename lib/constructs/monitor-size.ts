/**
 * How much memory a monitor's function has, and so how much of a processor, and how it keeps house with it.
 *
 * Measured by `npm run bench:scale -- --tls --clusters 250 --processor 0.32` and the like (docs/benchmarks.md): with half
 * of the processor that this size brings, rounds begin less than 100 ms late at their 99th percentile. The other half is
 * for processors that are slower than that of the bench, and for days that are not like any other.
 *
 * @module
 */

/** Lambda gives a function one processor at this size, and a part of one below it, in MB. */
const ONE_PROCESSOR_MB = 1_769;
/** What a monitor needs for itself, whatever it watches, in MB. */
const BASE_MB = 256;
/** What each cluster of three servers, looked at each second with TLS, adds, in MB. Only 0.5 of it is ever filled. */
const CLUSTER_MB = 3.5;

/** Memory of a monitor that watches so many clusters in one invocation, in MB: it is chosen for the processor's sake. */
export function monitorMemoryMb(clusters: number): number {
  return Math.min(Math.ceil(BASE_MB + CLUSTER_MB * Math.max(0, clusters - 1)), ONE_PROCESSOR_MB);
}

/** More than a thousand clusters ever need, in MB. */
const MOST_OLD_SPACE_MB = 512;
const SEMI_SPACE_MB = 32;

/**
 * `NODE_OPTIONS` of such a function. V8 lets garbage grow with the room that it is told to have, and Lambda tells it to
 * have nearly all: 480 MB for a thousand clusters, of which 85 MB are in use, instead of 240 MB. The semi-space is larger
 * than V8's own: what a round leaves behind is then dead before it is looked at, a fifth of the processor's time.
 */
export function monitorNodeOptions(clusters: number): string {
  const oldSpaceMb = Math.min(Math.floor(monitorMemoryMb(clusters) / 2), MOST_OLD_SPACE_MB);
  return `--max-old-space-size=${oldSpaceMb} --max-semi-space-size=${SEMI_SPACE_MB}`;
}
