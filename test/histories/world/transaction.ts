/**
 * Transactions as they really are: each knows the one before it, so what a server has is the whole way back from its
 * last. Positions are the texts that the engine would print of it.
 *
 * @module
 */
import type { Engine } from '../../../lib/core/config.ts';

export interface WrittenEpoch {
  readonly epoch: number;
  readonly by: string;
}

export class Transaction {
  readonly before: Transaction | null;
  readonly sequence: number;
  /** Number of the server that committed it first. */
  readonly origin: string;
  /** The newest epoch written by then, and the identity of the server that wrote it. */
  readonly newest: WrittenEpoch;
  /** A client was told that it is committed: when a replica had it, or without asking any. */
  acknowledged: 'by a replica' | 'alone' | null = null;
  #text: string | null = null;

  constructor(before: Transaction | null, origin: string, newest?: WrittenEpoch) {
    this.before = before;
    this.sequence = (before?.sequence ?? 99) + 1;
    this.origin = origin;
    this.newest = newest ?? before?.newest ?? { epoch: 1, by: origin };
  }

  /** Whether it is `other`, or comes after it. */
  has(other: Transaction): boolean {
    if (this === other) return true;
    let each = this.before;
    while (each !== null && each.sequence > other.sequence) each = each.before;
    return each === other;
  }

  text(engine: Engine): string {
    return (this.#text ??= engine === 'mariadb' ? `0-${this.origin}-${this.sequence}` : this.#set());
  }

  #set(): string {
    return [...this.#counts()].map(([origin, count]) => `${uuidOf(origin)}:1-${count}`).join(',');
  }

  /** How many there are of each server, all told. The first stands for all that was before the history. */
  #counts(): Map<string, number> {
    if (this.before === null) return new Map([[this.origin, this.sequence]]);
    const counts = this.before.#counts();
    return counts.set(this.origin, (counts.get(this.origin) ?? 0) + 1);
  }
}

/** `server_uuid` of the server with that number. */
export function uuidOf(origin: string): string {
  return `${origin.padStart(8, '0')}-0000-0000-0000-000000000000`;
}
