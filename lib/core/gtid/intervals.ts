/**
 * Sets of whole numbers as sorted intervals, each operation linear in the number of intervals.
 *
 * @module
 */

/** The numbers from `first` to `last`, both included. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** Ascending, with a gap of at least one number between neighbours; so equal sets have equal intervals. */
export type Intervals = readonly Interval[];

/** The set of all numbers in `intervals`, which may overlap and stand in any order. */
export function intervalsOf(intervals: readonly Interval[]): Intervals {
  const joined: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of intervals.toSorted(byFirst)) {
    const previous = joined.at(-1);
    if (previous === undefined || first > previous.last + 1n) joined.push({ first, last });
    else if (last > previous.last) previous.last = last;
  }
  return joined;
}

export function unionIntervals(a: Intervals, b: Intervals): Intervals {
  // The sort finds two ascending runs and merges them, which is linear.
  return intervalsOf([...a, ...b]);
}

/** The numbers of `a` that are not in `b`. */
export function subtractIntervals(a: Intervals, b: Intervals): Intervals {
  const left: Interval[] = [];
  let index = 0;
  for (const { first, last } of a) {
    let from = first;
    for (let cut = b[index]; cut !== undefined && cut.first <= last; cut = b[++index]) {
      if (cut.first > from) left.push({ first: from, last: cut.first - 1n });
      if (cut.last >= from) from = cut.last + 1n;
      // This cut may reach into the next interval of `a` too, so it stays the current one.
      if (cut.last > last) break;
    }
    if (from <= last) left.push({ first: from, last });
  }
  return left;
}

/** How many numbers the set has. */
export function countIntervals(intervals: Intervals): bigint {
  return intervals.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}

function byFirst(a: Interval, b: Interval): number {
  if (a.first === b.first) return 0;
  return a.first < b.first ? -1 : 1;
}
