/**
 * A program of this machine or of the cache, and how to run it.
 *
 * @module
 */
import { type CommandOptions, type CommandResult, runCommand } from './run-command.ts';

export interface Program {
  readonly command: string;
  /** What must come before the program's own arguments; a program of the cache is started through its loader. */
  readonly leadingArgs: readonly string[];
}

/** A program that is used just as it was found. */
export function plainProgram(command: string): Program {
  return { command, leadingArgs: [] };
}

/** Runs it to its end; see `runCommand`. */
export function runProgram(program: Program, args: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return runCommand(program.command, [...program.leadingArgs, ...args], options);
}
