/**
 * MySQL's GTID sets, tagged GTIDs (8.3 and later) included, with the set operations that the server has as
 * `GTID_SUBTRACT` and `GTID_SUBSET`. Values are immutable.
 *
 * @module
 */
import { countIntervals, intervalsOf, subtractIntervals, unionIntervals } from './intervals.ts';
import type { Interval, Intervals } from './intervals.ts';
import { Scanner } from './scanner.ts';

/** Transactions by source, `uuid` or `uuid:tag` in lower case. No source is without transactions. */
export type GtidSet = ReadonlyMap<string, Intervals>;

/** The server ends its numbers one below the largest signed 64-bit integer. */
export const LAST_TRANSACTION = 2n ** 63n - 2n;

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/iy;
const TAG = /[a-z_][a-z0-9_]{0,31}(?![a-z0-9_])/iy;
const COLON = /:/y;
const DASH = /-/y;
const COMMA = /,/y;

/**
 * Reads `uuid:1-5:9:tag:1-3, uuid:…`; an empty text is the empty set. Like the server it allows white space, sources
 * that stand twice, intervals in any order and empty places between commas, so two texts joined by a comma are read as
 * their union. What the server takes but never prints is refused, being more likely a damaged text: an empty interval
 * (`5-3`), a UUID or a tag without intervals, a UUID without dashes, a number with leading zeros.
 *
 * @throws GtidError
 */
export function parse(text: string): GtidSet {
  const scanner = new Scanner('MySQL GTID set', text);
  const found = new Map<string, Interval[]>();
  while (!scanner.atEnd()) {
    if (scanner.take(COMMA) !== null) continue;
    readSources(scanner, found);
    if (!scanner.atEnd()) scanner.expect(COMMA, '":" and an interval or a tag, or "," and a UUID, or the end');
  }
  return new Map([...found].map(([source, intervals]) => [source, intervalsOf(intervals)]));
}

/** Reads one UUID with the intervals of all its tags. */
function readSources(scanner: Scanner, found: Map<string, Interval[]>): void {
  const uuid = scanner.expect(UUID, 'a UUID such as 3e11fa47-71ca-11e1-9e33-c80aa9429562').toLowerCase();
  scanner.expect(COLON, '":" and an interval or a tag');
  let source = uuid;
  do {
    const tag = scanner.take(TAG);
    if (tag !== null) {
      source = `${uuid}:${tag.toLowerCase()}`;
      scanner.expect(COLON, '":" and an interval');
    }
    const interval = readInterval(scanner, tag === null ? 'a tag, or a transaction number' : 'a transaction number');
    const intervals = found.get(source);
    if (intervals === undefined) found.set(source, [interval]);
    else intervals.push(interval);
  } while (scanner.take(COLON) !== null);
}

function readInterval(scanner: Scanner, expected: string): Interval {
  const first = scanner.expectNumber(1n, LAST_TRANSACTION, expected);
  if (scanner.take(DASH) === null) return { first, last: first };
  return { first, last: scanner.expectNumber(first, LAST_TRANSACTION, 'a transaction number') };
}

/** The text exactly as the server prints this set, a line for each UUID. */
export function print(set: GtidSet): string {
  let text = '';
  let previousUuid = '';
  // UUIDs are of one length, so the plain order of the keys is the server's: by UUID, untagged first, then by tag.
  for (const [source, intervals] of [...set].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [uuid = '', tag] = source.split(':');
    if (uuid !== previousUuid) text += previousUuid === '' ? uuid : `,\n${uuid}`;
    if (tag !== undefined) text += `:${tag}`;
    for (const { first, last } of intervals) text += first === last ? `:${first}` : `:${first}-${last}`;
    previousUuid = uuid;
  }
  return text;
}

export function union(a: GtidSet, b: GtidSet): GtidSet {
  const result = new Map(a);
  for (const [source, intervals] of b) result.set(source, unionIntervals(a.get(source) ?? [], intervals));
  return result;
}

/** The transactions of `a` that are not in `b`. */
export function subtract(a: GtidSet, b: GtidSet): GtidSet {
  const result = new Map<string, Intervals>();
  for (const [source, intervals] of a) {
    const left = subtractIntervals(intervals, b.get(source) ?? []);
    if (left.length > 0) result.set(source, left);
  }
  return result;
}

/**
 * The errant transactions of `of`: those that it has and that did not come from its source. `source` is what the source
 * had executed when it was last seen, so it may have more of its own by now: whatever carries its UUID, with or without
 * a tag, came from it. Others the source can only have had before, so those that it lacks are errant.
 *
 * @param sourceUuid `server_uuid` of the source, in lower or upper case
 */
export function errant(of: GtidSet, source: GtidSet, sourceUuid: string): GtidSet {
  const own = sourceUuid.toLowerCase();
  return new Map([...subtract(of, source)].filter(([from]) => from.split(':', 1)[0] !== own));
}

/** What `of` has from its source: all but what is errant. */
export function fromSource(of: GtidSet, source: GtidSet, sourceUuid: string): GtidSet {
  return subtract(of, errant(of, source, sourceUuid));
}

/** Whether every transaction of `b` is in `a`. */
export function contains(a: GtidSet, b: GtidSet): boolean {
  return isEmpty(subtract(b, a));
}

export function isEmpty(set: GtidSet): boolean {
  return set.size === 0;
}

/** How many transactions the set has. */
export function count(set: GtidSet): bigint {
  return [...set.values()].reduce((sum, intervals) => sum + countIntervals(intervals), 0n);
}
