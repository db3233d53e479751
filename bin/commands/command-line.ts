/**
 * How a command answers: what it was asked on one stream, complaints of one line each on another, and its exit code.
 *
 * @module
 */
import type { Terminal } from '../render/text.ts';

/** 0: told what was asked. 1: there is nothing to tell, or a failover would fail. 2: words that can't be used, or a service that does not answer. */
export const EXIT = { told: 0, nothing: 1, impossible: 2 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What a command writes to. */
export interface CommandLine {
  readonly terminal: Terminal;
  print(text: string): void;
  complain(line: string): void;
}
