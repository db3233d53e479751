/**
 * Global variables and status of a server, gathered in one round trip, with where each variable's value came from.
 *
 * @module
 */
import type { Row } from './connection.ts';

/** Rows of `(kind, name, value, origin)` that a dialect's one big query returns. Names are matched in lower case. */
export class Settings {
  readonly #values = new Map<string, string>();
  readonly #origins = new Map<string, string>();

  constructor(rows: readonly Row[]) {
    for (const { kind, name, value, origin } of rows) {
      const key = `${kind ?? ''}.${(name ?? '').toLowerCase()}`;
      this.#values.set(key, value ?? '');
      if (origin !== null && origin !== undefined) this.#origins.set(key, origin);
    }
  }

  /** The value of a variable, or `''` when this server has no such variable. */
  variable(name: string): string {
    return this.#values.get(`variable.${name}`) ?? '';
  }

  status(name: string): string {
    return this.#values.get(`status.${name}`) ?? '';
  }

  /** A value of another kind, such as `persisted`. */
  other(kind: string, name: string): string | undefined {
    return this.#values.get(`${kind}.${name}`);
  }

  isOn(name: string): boolean {
    return isOn(this.variable(name));
  }

  has(name: string): boolean {
    return this.#values.has(`variable.${name}`);
  }

  originOf(name: string): string | undefined {
    return this.#origins.get(`variable.${name}`);
  }
}

/** Servers say `ON` or `1`. */
export function isOn(value: string): boolean {
  return value === 'ON' || value === '1';
}

/** `'A','B'` for an IN list; names are our own, never input. */
export function inList(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
