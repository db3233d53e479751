/**
 * `npm run lab -- serve`: the words of its command line, and its life as a process.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from 'commander';
import { serve, type ServeOptions } from './serve.ts';

/** How long everything may take to end after a signal. */
const END_WITHIN_MS = 10_000;

interface Words extends Omit<ServeOptions, 'functions'> {
  readonly functions?: string;
}

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description("Serves the lab's cloud alone and empty on 127.0.0.1, for any AWS SDK and the aws CLI (docs/lab.md).")
    .option('--port <n>', 'where it listens; 0 takes a free port', port, 4566)
    .option('--functions <file>', 'functions to begin with: JSON, or a module with a default export')
    .option('--account-id <id>', 'the account, of twelve digits', accountId, '123456789012')
    .option('--region <name>', 'the region', region, process.env['AWS_DEFAULT_REGION'] ?? 'eu-west-1')
    .option('--latency <factor>', 'factor on the guesses of what AWS takes; 0 answers at once', factor('--latency'), 0)
    .option('--state-transition-ms <n>', 'milliseconds between two states', factor('--state-transition-ms'), 0)
    .option('--json', 'one JSON object a line: how to reach it, then every event', false)
    .action(async ({ functions, ...words }: Words) => {
      await untilSignalled({ ...words, functions: functions ?? null });
    });
}

/** Serves until SIGINT, SIGTERM or SIGHUP. One signal is enough, more change nothing: npm passes on each a second time. */
async function untilSignalled(options: ServeOptions): Promise<void> {
  const ended = new AbortController();
  const end = () => {
    ended.abort();
    setTimeout(() => process.exit(1), END_WITHIN_MS).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  await serve(options, (line) => process.stdout.write(`${line}\n`), ended.signal);
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('use a whole number from 0 to 65535');
}

function accountId(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError('an account has twelve digits');
}

function region(text: string): string {
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(text)) return text;
  throw new InvalidArgumentError('use the name of a region, such as eu-west-1');
}

function factor(option: string) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
    throw new InvalidArgumentError(`${option} takes a number from 0`);
  };
}
