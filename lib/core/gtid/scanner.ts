/**
 * Reads a GTID text from left to right and throws `GtidError` at the first token that is not what the grammar asks for.
 * White space before a token is skipped, unless the grammar wants the token to follow at once.
 *
 * @module
 */
import { GtidError } from './gtid-error.ts';

const WHITE_SPACE = /\s*/y;
const NUMBER = /(?:0|[1-9][0-9]*)(?![0-9])/y;

export class Scanner {
  readonly #kind: string;
  readonly #text: string;
  #offset = 0;
  /** Where the last token was looked for, so that a fault which shows only once it was read is reported there. */
  #tokenOffset = 0;

  /** @param kind how messages name the text, e.g. `MySQL GTID set` */
  constructor(kind: string, text: string) {
    this.#kind = kind;
    this.#text = text;
  }

  /** Whether only white space is left. */
  atEnd(): boolean {
    this.#skipWhiteSpace();
    return this.#offset === this.#text.length;
  }

  /** Whether nothing is left, not even white space. */
  isDone(): boolean {
    return this.#offset === this.#text.length;
  }

  /** The token if `pattern` (which must be sticky) matches here; else null, and nothing but white space is consumed. */
  take(pattern: RegExp): string | null {
    this.#skipWhiteSpace();
    return this.#takeHere(pattern);
  }

  /** The token that `pattern` matches, without white space before it. */
  expectAtOnce(pattern: RegExp, expected: string): string {
    return this.#takeHere(pattern) ?? this.fail(expected);
  }

  #takeHere(pattern: RegExp): string | null {
    this.#tokenOffset = this.#offset;
    pattern.lastIndex = this.#offset;
    const token = pattern.exec(this.#text)?.[0] ?? null;
    if (token !== null) this.#offset += token.length;
    return token;
  }

  /** The token that `pattern` matches here. */
  expect(pattern: RegExp, expected: string): string {
    return this.take(pattern) ?? this.fail(expected);
  }

  /**
   * A decimal number from `least` to `most`. One with leading zeros is refused: MySQL 9.7 reads it as decimal, older
   * releases as octal.
   */
  expectNumber(least: bigint, most: bigint, name: string): bigint {
    const token = this.take(NUMBER);
    const number = token === null ? null : BigInt(token);
    if (number === null || number < least || number > most) {
      this.fail(`${name} from ${least} to ${most}, without leading zeros`);
    }
    return number;
  }

  /** The token last looked for is missing, or is none that can stand here. */
  fail(expected: string): never {
    throw new GtidError(this.#kind, this.#text, this.#tokenOffset, expected);
  }

  #skipWhiteSpace(): void {
    WHITE_SPACE.lastIndex = this.#offset;
    this.#offset += WHITE_SPACE.exec(this.#text)?.[0].length ?? 0;
  }
}
