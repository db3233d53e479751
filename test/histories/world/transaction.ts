/**
 * Transactions as they really are: each knows the one before it, so what a server has is the whole way back from its
 * last. Positions are the texts that the engine would print of it.
 *
 * @module
 */
import type { Engine } from '../../../lib/core/config.ts';

export class Transaction {
  readonly before: Transaction | null;
  readonly sequence: number;
  /** Identity of the server that committed it first. */
  readonly origin: string;
  /** The newest epoch written by then, and the server that wrote it. */
  readonly epoch: number;
  readonly epochBy: string;
  /** A client was told that it is committed: when a replica had it, or without asking any. */
  acknowledged: 'by a replica' | 'alone' | null = null;
  #text: string | null = null;

  constructor(before: Transaction | null, origin: string, epoch?: number) {
    this.before = before;
    this.sequence = (before?.sequence ?? 99) + 1;
    this.origin = origin;
    this.epoch = epoch ?? before?.epoch ?? 1;
    this.epochBy = epoch === undefined ? (before?.epochBy ?? origin) : origin;
  }

  /** Whether it is `other`, or comes after it. */
  has(other: Transaction): boolean {
    let each: Transaction | null = this;
    while (each !== null && each.sequence > other.sequence) each = each.before;
    return each === other;
  }

  text(engine: Engine): string {
    return (this.#text ??= engine === 'mariadb' ? `0-${this.origin}-${this.sequence}` : this.#set());
  }

  #set(): string {
    const counts = new Map<string, number>();
    for (let each: Transaction | null = this; each !== null; each = each.before) {
      // The first stands for all that was before the history.
      counts.set(each.origin, (counts.get(each.origin) ?? 0) + (each.before === null ? each.sequence : 1));
    }
    return [...counts].map(([origin, count]) => `${uuidOf(origin)}:1-${count}`).join(',');
  }
}

/** `server_uuid` of the server with that number. */
export function uuidOf(origin: string): string {
  return `${origin.padStart(8, '0')}-0000-0000-0000-000000000000`;
}
