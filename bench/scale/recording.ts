/**
 * What three real servers of a cluster, a primary and two replicas, answered to the statements of a monitor: the columns
 * byte by byte, the rows as text in which what changes from look to look has a name in braces. `--record` makes it anew.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../lib/core/config.ts';

export interface Recording {
  readonly engine: Engine;
  readonly version: string;
  /** What the server says first, base64. */
  readonly greeting: string;
  /** What the driver could by then: with other abilities it would expect other bytes. */
  readonly clientFlags: number;
  /** The primary, and its replicas. */
  readonly nodes: readonly (readonly Answer[])[];
}

export interface Answer {
  /** As `statementOf` gives it. */
  readonly statement: string;
  /** Packets before the rows, base64. */
  readonly before: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** The packet that ends it, base64. */
  readonly end: string;
}

/** A statement without the values in it: numbers and texts are all the same. */
export function statementOf(sql: string): string {
  return sql
    .replaceAll(/'(?:[^'\\]|\\.|'')*'/g, '?')
    .replaceAll(/\b\d+\b/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

export function fileOf(engine: Engine): string {
  return fileURLToPath(new URL(`recorded-${engine}.json`, import.meta.url));
}

/** @throws Error when there is no recording of this engine */
export function loadRecording(file: string): Recording {
  if (!existsSync(file)) throw new Error(`${file} is missing; make it with npm run bench:scale -- --record`);
  // Written by `--record`, and under version control.
  return JSON.parse(readFileSync(file, 'utf8')) as Recording;
}
