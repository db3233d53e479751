/**
 * What is thrown when a GTID text can't be read: it says where, what stands there, and what should.
 *
 * @module
 */
import { FailoverError } from '../errors.ts';

/** Characters of the text shown on either side of the fault: a set of a busy cluster can be kilobytes long. */
const CONTEXT = 40;

/** A GTID text can't be read, so nothing may be decided on it (invariant 6). */
export class GtidError extends FailoverError {
  override readonly name = 'GtidError';
  readonly code = 'gtid';
  /** The whole text. */
  readonly text: string;
  /** Where the fault is, in characters from the start of `text`. */
  readonly offset: number;
  /** What should have stood there. */
  readonly expected: string;

  constructor(kind: string, text: string, offset: number, expected: string) {
    const found = offset < text.length ? JSON.stringify(text.slice(offset, offset + CONTEXT)) : 'the end';
    super(`${kind} ${excerpt(text, offset)} can't be read at offset ${offset}: found ${found}; expected ${expected}`);
    this.text = text;
    this.offset = offset;
    this.expected = expected;
  }
}

function excerpt(text: string, offset: number): string {
  const from = Math.max(0, offset - CONTEXT);
  const to = Math.min(text.length, offset + CONTEXT);
  return `${from > 0 ? '…' : ''}${JSON.stringify(text.slice(from, to))}${to < text.length ? '…' : ''}`;
}
