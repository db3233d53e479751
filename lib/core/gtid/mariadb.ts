/**
 * MariaDB's GTID positions: of each replication domain the last transaction, and by implication all before it. Read
 * from `gtid_binlog_pos`, `gtid_slave_pos`, `gtid_current_pos` or `Gtid_IO_Pos` (`gtid_binlog_state` is not a position:
 * it lists a domain once per server).
 *
 * A position says less than a MySQL set. Where two positions end at the same sequence number with different servers,
 * their histories have parted for certain. Where the numbers differ, the larger one is taken to continue the smaller:
 * a branch that has since been overtaken can't be seen in positions. `gtid_strict_mode` lets the server refuse it.
 *
 * @module
 */
import { Scanner } from './scanner.ts';

/** The last transaction of one domain. */
export interface Gtid {
  readonly serverId: bigint;
  readonly sequence: bigint;
}

/** The last transaction by domain. A domain of which nothing was executed is absent. Immutable. */
export type Position = ReadonlyMap<bigint, Gtid>;

/** Domains and servers are unsigned 32-bit integers. */
const LAST_ID = 2n ** 32n - 1n;
/** Sequence numbers are unsigned 64-bit integers. */
const LAST_SEQUENCE = 2n ** 64n - 1n;

const DASH = /-/y;
const COMMA = /,/y;

/**
 * Reads `domain-server-sequence,…`; an empty text is the empty position. Like the server it allows white space before a
 * number and nowhere else. What the server takes but never prints is refused, being more likely a damaged text: leading
 * zeros and plus signs. Sequence number 0 says that nothing of the domain was executed, so that domain is left out.
 *
 * @throws GtidError also when a domain stands twice
 */
export function parse(text: string): Position {
  const scanner = new Scanner('MariaDB GTID position', text);
  const position = new Map<bigint, Gtid>();
  const seen = new Set<bigint>();
  let more = !scanner.isDone();
  while (more) {
    const domain = scanner.expectNumber(0n, LAST_ID, 'a domain id');
    if (seen.has(domain)) scanner.fail(`a domain other than ${domain}, which stands before`);
    seen.add(domain);
    scanner.expectAtOnce(DASH, '"-" and a server id');
    const serverId = scanner.expectNumber(0n, LAST_ID, 'a server id');
    scanner.expectAtOnce(DASH, '"-" and a sequence number');
    const sequence = scanner.expectNumber(0n, LAST_SEQUENCE, 'a sequence number');
    if (sequence > 0n) position.set(domain, { serverId, sequence });
    more = !scanner.isDone();
    if (more) scanner.expectAtOnce(COMMA, '"," and another GTID, or the end');
  }
  return position;
}

/** The text as the server prints it, ordered by domain. */
export function print(position: Position): string {
  return [...position]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([domain, { serverId, sequence }]) => `${domain}-${serverId}-${sequence}`)
    .join(',');
}

/** Whether `a` has in every domain of `b` the same last transaction or a later one. */
export function contains(a: Position, b: Position): boolean {
  return isEmpty(beyond(b, a));
}

/** The GTIDs of `a` that `b` has not reached, one per domain: the end of what is missing there, not its start. */
export function beyond(a: Position, b: Position): Position {
  return new Map([...a].filter(([domain, gtid]) => !reaches(b.get(domain), gtid)));
}

/**
 * How many transactions of `a` are not in `b`, by sequence numbers. More than the truth where the numbers have gaps. A
 * domain that has parted at the same number counts 1, the least it can be: how much more, positions don't say.
 */
export function countBeyond(a: Position, b: Position): bigint {
  let count = 0n;
  for (const [domain, { sequence }] of beyond(a, b)) {
    const reached = b.get(domain)?.sequence ?? 0n;
    count += sequence > reached ? sequence - reached : 1n;
  }
  return count;
}

/** Of each domain the later of the two; of two at one number, which have parted, the one of `a`. */
export function union(a: Position, b: Position): Position {
  const result = new Map(a);
  for (const [domain, gtid] of b) {
    const other = result.get(domain);
    if (other === undefined || other.sequence < gtid.sequence) result.set(domain, gtid);
  }
  return result;
}

/**
 * The errant GTIDs of `of`, one per domain: a last transaction that the source had not reached when it was last seen, and
 * that did not come from it. What carries the source's own server id with a later number did: the source may have more
 * of its own by now.
 *
 * A position shows only the end of each domain. An errant transaction with later ones of the source above it is not seen
 * here; `gtid_strict_mode` lets the server stop at it.
 *
 * @param sourceId `server_id` of the source, in decimal
 */
export function errant(of: Position, source: Position, sourceId: string): Position {
  return new Map(
    [...beyond(of, source)].filter(([domain, gtid]) => {
      const isLater = gtid.sequence > (source.get(domain)?.sequence ?? 0n);
      return !(isLater && `${gtid.serverId}` === sourceId);
    }),
  );
}

/**
 * The most that `of` can have from its source. Below an errant GTID it can't be seen how far the source's own go: as a
 * server numbers each new transaction above all that it has, they end at the number before, or earlier.
 */
export function fromSource(of: Position, source: Position, sourceId: string): Position {
  const result = new Map(of);
  for (const [domain, { sequence }] of errant(of, source, sourceId)) {
    if (sequence > 1n) result.set(domain, { serverId: BigInt(sourceId), sequence: sequence - 1n });
    else result.delete(domain);
  }
  return result;
}

export function isEmpty(position: Position): boolean {
  return position.size === 0;
}

function reaches(last: Gtid | undefined, gtid: Gtid): boolean {
  if (last === undefined) return false;
  if (last.sequence === gtid.sequence) return last.serverId === gtid.serverId;
  return last.sequence > gtid.sequence;
}
