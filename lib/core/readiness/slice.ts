/**
 * Which clusters a run of the rehearsal looks at: all of them while they are few, else a slice, so that each has its turn
 * about once an hour; of very many, less often, as dry runs count against EC2's limits on changes, which belong to the
 * failovers.
 *
 * @module
 */

/** A run begins each so many minutes. */
export const REHEARSAL_MINUTES = 5;
/** Up to so many clusters are all rehearsed in every run. */
const FEW = 3;
/** And never more than so many in one, each of which is about ten calls of EC2. */
const MOST = 20;
const RUNS_AN_HOUR = 60 / REHEARSAL_MINUTES;

/** How many runs it takes until every cluster had its turn: at most an hour's for up to 240 clusters. */
export function runsInRound(clusters: number): number {
  if (clusters <= FEW) return 1;
  return Math.ceil(clusters / Math.min(MOST, Math.ceil(clusters / RUNS_AN_HOUR)));
}

/**
 * The slice of one run. It depends on the time alone, so that three functions that are asked for the same run look at the
 * same clusters.
 *
 * @param atMs when the run was started, in epoch milliseconds
 */
export function sliceAt<Cluster>(clusters: readonly Cluster[], atMs: number): readonly Cluster[] {
  const runs = runsInRound(clusters.length);
  const turn = Math.floor(atMs / (REHEARSAL_MINUTES * 60_000)) % runs;
  const size = Math.ceil(clusters.length / runs);
  return clusters.slice(turn * size, (turn + 1) * size);
}
