/**
 * Runs a command line: finds the command, and turns whatever goes wrong into one clear line and an exit code.
 *
 * @module
 */
import { Command, CommanderError } from 'commander';
import { messageOf } from '../../lib/core/errors.ts';
import { harmless } from '../render/text.ts';
import { EXIT, type CommandLine, type ExitCode } from './command-line.ts';
import { addDoctor } from './doctor.ts';
import { addHistory } from './history.ts';

/** @param words - of the command line, without the name of the program */
export async function runCommandLine(words: readonly string[], line: CommandLine): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.told;
  const program = new Command('db-failover')
    .description('Looks after the database clusters of a deployment.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => line.print(text.trimEnd()), writeErr: () => undefined });
  const answer = (answered: ExitCode): void => {
    exitCode = answered;
  };
  addHistory(program, line, answer);
  addDoctor(program, line, answer);
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.told;
    line.complain(sentenceOf(error));
    return EXIT.impossible;
  }
  return exitCode;
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof CommanderError)) return harmless(messageOf(error));
  if (error.code === 'commander.help')
    return 'command: received nothing; name one, such as: db-failover history orders';
  return `${harmless(error.message.replace(/^error: /, '').replace(/\.$/, ''))}; see db-failover --help`;
}
