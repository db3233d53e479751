/**
 * `db-failover history <cluster>`: the latest changes, or with `--epoch` the story of one.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { messageOf } from '../../lib/core/errors.ts';
import { listChanges, tellChange, type NothingToTell } from '../../lib/operator/history.ts';
import { renderChanges } from '../render/change-list.ts';
import { renderTimeline } from '../render/timeline.ts';
import { timelineSvg } from '../render/timeline-svg.ts';
import { withTable } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { EXIT, type CommandLine, type ExitCode } from './command-line.ts';

interface HistoryOptions {
  readonly epoch?: number;
  readonly last: number;
  readonly json?: boolean;
  readonly svg?: string;
  readonly table?: string;
  readonly endpoint?: string;
  readonly region?: string;
}

/** @param answer - is given the exit code */
export function addHistory(program: Command, line: CommandLine, answer: (exitCode: ExitCode) => void): void {
  program
    .command('history')
    .summary('what happened to a cluster, from its journal')
    .description('Lists the latest changes of a cluster. With --epoch, tells one of them as a timeline.')
    .argument('<cluster>', 'id of the cluster, as in the configuration')
    .option('--epoch <number>', 'tell the change that made this epoch', wholeNumber)
    .option('--last <number>', 'how many changes to list', wholeNumber, 10)
    .option('--json', 'print JSON; times in epoch milliseconds')
    .option('--svg <file>', 'also draw the timeline to a file; needs --epoch')
    .addOption(new Option('--table <name>', "the stack's output TableName").env('DB_FAILOVER_TABLE'))
    .option('--region <region>', 'of the table; else as the AWS SDK finds it')
    .option('--endpoint <url>', 'of DynamoDB; else as the AWS SDK finds it', url)
    .action(async (cluster: string, options: HistoryOptions) => {
      answer(await history(cluster, options, line));
    });
}

async function history(cluster: string, options: HistoryOptions, line: CommandLine): Promise<ExitCode> {
  const { table, endpoint, region, epoch, svg } = options;
  if (table === undefined || table === '') {
    throw new UsageError(
      "table: received nothing; give --table with the stack's output TableName, or set DB_FAILOVER_TABLE",
    );
  }
  if (svg !== undefined && epoch === undefined) {
    throw new UsageError(`svg: received "${svg}" without --epoch; give --epoch, as a picture shows one change`);
  }
  return withTable({ table, endpoint, region }, async (store) => {
    if (epoch === undefined) {
      const list = await listChanges(store, cluster, options.last);
      if (!list.told) return nothing(list, line);
      const { told: _told, ...facts } = list;
      line.print(options.json === true ? json(facts) : renderChanges(list, line.terminal));
      return EXIT.told;
    }
    const change = await tellChange(store, cluster, epoch);
    if (!change.told) return nothing(change, line);
    const { story, events } = change;
    if (svg !== undefined) await write(svg, timelineSvg(story));
    line.print(options.json === true ? json({ story, events }) : renderTimeline(story, line.terminal));
    return EXIT.told;
  });
}

function nothing({ because }: NothingToTell, line: CommandLine): ExitCode {
  line.complain(because);
  return EXIT.nothing;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw new UsageError(`svg: received "${file}", which can't be written (${messageOf(error)}); name another file`);
  }
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Use a whole number of at least 1.');
}

function url(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : null;
  if (protocol === 'http:' || protocol === 'https:') return text;
  throw new InvalidArgumentError('Use a URL, such as http://127.0.0.1:8000.');
}
