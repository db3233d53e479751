/**
 * A database server program that was found, with what one must know to run it.
 *
 * @module
 */
import type { Program } from './program.ts';

export type Engine = 'mariadb' | 'mysql';

export interface EngineBuild {
  readonly engine: Engine;
  /** `10.11.19`, `9.7.4`. */
  readonly version: string;
  /** Where it was found: named by the environment, on PATH, or in the lab's own cache of packages. */
  readonly origin: 'environment' | 'path' | 'cache';
  readonly server: Program;
  /**
   * Options that every start needs because the program is not where it was built for: directories of plugins, messages
   * and character sets. Empty for an installed program, which knows its own.
   */
  readonly locationOptions: Readonly<Record<string, string>>;
  /** MariaDB: the directory of the SQL scripts that make its system tables. MySQL makes them itself. */
  readonly scriptsDirectory?: string;
}
