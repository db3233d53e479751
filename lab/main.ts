/**
 * `npm run lab -- <command>`: the lab's own command line. Drills have theirs, `npm run drill`.
 *
 * @module
 */
import { Command, CommanderError } from 'commander';
import { messageOf } from '../lib/core/errors.ts';
import { addMachineCommands } from './doctor/commands.ts';
import { addServeCommand } from './serve/command.ts';

const USAGE_EXIT_CODE = 2;

// Advice of the SDK about this Node's age is no part of the lab.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

const program = new Command('npm run lab --')
  .description('The lab: a small AWS, real servers, and what this machine can do for them.')
  .enablePositionalOptions()
  .showHelpAfterError('(--help lists every command)')
  .exitOverride();
addMachineCommands(program, {
  print: (line) => process.stdout.write(`${line}\n`),
  exit: (code) => {
    process.exitCode = code;
  },
});
addServeCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  // What it had to say of itself, commander has said.
  if (!(error instanceof CommanderError)) process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
}
