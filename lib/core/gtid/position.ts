/**
 * How far servers have come, compared the same way whatever the engine. Positions are texts, as the servers print them
 * and as observations and the journal carry them.
 *
 * What always holds, for both engines: `contains(b, a)`, `beyond(a, b) === ''` and `transactionsBeyond(a, b) === 0` are
 * one statement, and `compare` follows from `contains` alone.
 *
 * @module
 */
import type { Engine } from '../config.ts';
import { GtidError } from './gtid-error.ts';
import * as mariadb from './mariadb.ts';
import * as mysql from './mysql.ts';

/** `ahead`: the first has all of the second and more. `diverged`: each has, or may have, what the other lacks. */
export type Comparison = 'equal' | 'ahead' | 'behind' | 'diverged';

/** Every method but `isValid` throws `GtidError` when a text can't be read. An empty text means: nothing executed. */
export interface Positions {
  isValid(text: string): boolean;
  compare(a: string, b: string): Comparison;
  /** Whether everything in `b` is in `a`. */
  contains(a: string, b: string): boolean;
  /**
   * What is in `a` and not in `b`; empty when there is nothing. For MySQL the exact set, for MariaDB the last GTID of
   * each domain that `b` has not reached.
   */
  beyond(a: string, b: string): string;
  /**
   * How many transactions are in `a` and not in `b`. Exact for MySQL. For MariaDB a difference of sequence numbers,
   * which may have gaps; and the least possible number when `compare` says `diverged`.
   */
  transactionsBeyond(a: string, b: string): number;
  /** Everything in `a` or in `b`; for MariaDB of each domain the later. */
  union(a: string, b: string): string;
  /**
   * What `of` has that did not come from its source; empty when nothing is known to. For MariaDB the last GTID of each
   * domain that shows it, which an errant transaction below later ones of the source does not.
   */
  errant(of: string, source: SeenSource): string;
  /** The most that `of` can have from its source. Exact for MySQL; for MariaDB an upper bound below an errant GTID. */
  fromSource(of: string, source: SeenSource): string;
}

/** A source as it was last seen. It may have executed more of its own since. */
export interface SeenSource {
  readonly executed: string;
  /** `server_uuid` on MySQL, `server_id` on MariaDB. */
  readonly identity: string;
}

/** The positions of an engine. */
export function positionsOf(engine: Engine): Positions {
  return POSITIONS[engine];
}

/** What both engines' modules have. */
interface Algebra<Position> {
  readonly parse: (text: string) => Position;
  readonly print: (position: Position) => string;
  readonly contains: (a: Position, b: Position) => boolean;
  readonly beyond: (a: Position, b: Position) => Position;
  readonly countBeyond: (a: Position, b: Position) => bigint;
  readonly union: (a: Position, b: Position) => Position;
  readonly errant: (of: Position, source: Position, sourceIdentity: string) => Position;
  readonly fromSource: (of: Position, source: Position, sourceIdentity: string) => Position;
}

const POSITIONS: Readonly<Record<Engine, Positions>> = {
  mariadb: onTexts(mariadb),
  mysql: onTexts({
    ...mysql,
    beyond: mysql.subtract,
    countBeyond: (a, b) => mysql.count(mysql.subtract(a, b)),
  }),
};

function onTexts<Position>(algebra: Algebra<Position>): Positions {
  const { parse, print, contains, beyond, countBeyond, union, errant, fromSource } = algebra;
  return {
    isValid(text) {
      try {
        parse(text);
        return true;
      } catch (error) {
        if (error instanceof GtidError) return false;
        throw error;
      }
    },
    compare(aText, bText) {
      const [a, b] = [parse(aText), parse(bText)];
      const hasAll = contains(a, b);
      const lacksNothing = contains(b, a);
      if (hasAll && lacksNothing) return 'equal';
      if (hasAll) return 'ahead';
      return lacksNothing ? 'behind' : 'diverged';
    },
    contains: (a, b) => contains(parse(a), parse(b)),
    beyond: (a, b) => print(beyond(parse(a), parse(b))),
    transactionsBeyond: (a, b) => Number(countBeyond(parse(a), parse(b))),
    union: (a, b) => print(union(parse(a), parse(b))),
    errant: (of, { executed, identity }) => print(errant(parse(of), parse(executed), identity)),
    fromSource: (of, { executed, identity }) => print(fromSource(parse(of), parse(executed), identity)),
  };
}
