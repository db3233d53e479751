/**
 * Global variables and status of a server, gathered by one statement that gives one row of one column: a JSON object
 * whose keys are `kind.name`. A monitor asks a thousand servers each second; what a driver spends on a row of many
 * columns, or on many rows, would be most of what that costs (docs/benchmarks.md).
 *
 * @module
 */
import type { Row } from './connection.ts';

/** What one statement gathered. Names are matched in lower case. */
export class Settings {
  readonly #values: Readonly<Record<string, string | null>>;

  constructor(values: Readonly<Record<string, string | null>>) {
    this.#values = values;
  }

  /** @param rows of a statement whose one column is `facts` */
  static from([row]: readonly Row[]): Settings {
    // Every value in it is made text by the statement, so that no digit is lost.
    return new Settings(JSON.parse(row?.['facts'] ?? '{}') as Record<string, string | null>);
  }

  /** The value of a variable, or `''` when this server has no such variable. */
  variable(name: string): string {
    return this.other('variable', name) ?? '';
  }

  status(name: string): string {
    return this.other('status', name) ?? '';
  }

  /** A value of another kind, such as `persisted`. */
  other(kind: string, name: string): string | undefined {
    return this.#values[`${kind}.${name}`] ?? undefined;
  }

  isOn(name: string): boolean {
    return isOn(this.variable(name));
  }

  has(name: string): boolean {
    return this.other('variable', name) !== undefined;
  }
}

/** The newest beat that this server has, of whichever monitor; null when there is none. */
export function beatAtMs(settings: Settings): number | null {
  const newest = settings.other('beat', 'newest');
  return newest === undefined ? null : Number(newest);
}

/** Servers say `ON` or `1`. */
export function isOn(value: string): boolean {
  return value === 'ON' || value === '1';
}

/** `'A','B'` for an IN list; names are our own, never input. */
export function inList(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
