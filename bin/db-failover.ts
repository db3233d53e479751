/**
 * The command of operators: `npm run db-failover -- history orders`.
 *
 * @module
 */
import { runCommandLine } from './commands/run.ts';
import { terminalOf } from './render/text.ts';

// Advice of the SDK about this Node's age is no answer to what was asked.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: terminalOf(process.stdout, process.env),
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
});
