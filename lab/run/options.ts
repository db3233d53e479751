/**
 * The words of the drill's command line, checked before anything is started.
 *
 * @module
 */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { FaultRuleError, readFaultRules, type FaultRule } from '../cloud/faults/rule.ts';
import type { AwsFaultOptions } from './aws-faults.ts';
import { MOST_STALE_MS } from '../cloud/versions.ts';
import { killableStates, type KillTime, type KillWish } from './kill-plan.ts';
import { SCENARIOS, SCENARIO_NAMES, type ScenarioName } from './scenarios/catalogue.ts';
import type { Scenario } from './scenarios/scenario.ts';

export interface DrillOptions extends AwsFaultOptions {
  readonly scenario: ScenarioName;
  readonly engine: 'mariadb' | 'mysql';
  readonly runs: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly failures: number;
  /** How long a primary that answers may take no write, in whole seconds. */
  readonly writeDeadlineSeconds: number;
  /** How long the fault lasts; null: for good. */
  readonly forMs: number | null;
  readonly semiSync: 'required' | 'off';
  /** Factor on the lab's guesses of AWS's latencies. */
  readonly apiLatency: number;
  readonly stopTimeMs: number;
  readonly blind: number;
  /** Null: nothing is killed. */
  readonly kill: KillWish | null;
  /** Operators who start a failover in the moment that the monitors do. */
  readonly rivals: number;
  readonly net: 'auto' | 'namespaces' | 'loopback';
  readonly json: string | null;
  readonly quiet: boolean;
  /** Also tell each change from its journal. */
  readonly story: boolean;
}

/** The command line can't be used; `message` says why, and what to write. `exitCode` is 0 for `--help`. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The longest that the configuration lets a probe take. */
const MAX_TIMEOUT_MS = 30_000;

/**
 * @param argv without the program's own name
 * @throws UsageError for words that can't be used together or at all, and for `--help`
 */
export function parseOptions(argv: readonly string[]): DrillOptions {
  const written: string[] = [];
  const command = new Command('npm run drill --')
    .description('Makes a fault on real servers and watches the deployed stack. Exits 0 only if every invariant held.')
    .addOption(
      new Option('--scenario <name>', 'the fault; docs/drills.md tells what each is, and what must follow')
        .choices(SCENARIO_NAMES)
        .default('crash'),
    )
    .option('--for <time>', 'how long the fault lasts, if it ends', duration('--for', 500, 600_000))
    .addOption(new Option('--engine <name>', 'which server').choices(['mariadb', 'mysql']).default('mariadb'))
    .option('--runs <n>', 'how often, each on new servers', count('--runs', 1, 100), 1)
    .option('--interval <time>', 'time between two probes', duration('--interval', 100, 60_000), 1_000)
    .option(
      '--timeout <time>',
      'a probe fails after this; the interval if not given, at most 30s',
      duration('--timeout', 50, MAX_TIMEOUT_MS),
    )
    .option('--failures <n>', 'failed probes before a monitor votes', count('--failures', 1, 60), 3)
    .option(
      '--write-deadline <time>',
      'how long a primary that answers may take no write, in whole seconds',
      duration('--write-deadline', 5_000, 3_600_000),
      30_000,
    )
    .addOption(new Option('--semi-sync <mode>', 'replication').choices(['required', 'off']).default('required'))
    .option('--api-latency <factor>', 'factor on the guesses of AWS’s latencies; 0 is none', factor('--api-latency'), 1)
    .option(
      '--stop-time <time>',
      'how long the lab’s EC2 takes to stop an instance; a real one takes tens of seconds',
      duration('--stop-time', 0, 600_000),
      2_000,
    )
    .option('--blind <n>', 'monitors that reach no server', count('--blind', 0, 3), 0)
    .option('--fail-vip', 'the lab refuses to move the VIP, so DNS must do', false)
    .option('--throttle <n>', 'each call of AWS is throttled so often before it passes', count('--throttle', 1, 20), 0)
    .option(
      '--lose-responses <n>',
      'the response to each call of AWS that changes something is lost so often, after its effect',
      count('--lose-responses', 1, 20),
      0,
    )
    .option(
      '--stale-reads <time>',
      'EC2 answers as things were, up to so long ago',
      duration('--stale-reads', 1, MOST_STALE_MS),
      0,
    )
    .option('--aws-fault <file>', 'what befalls calls of AWS: JSON rules (docs/drills.md)', faultRules)
    .option(
      '--kill-after <state>',
      'stop the execution as it has exited this state, and redrive it; each: one in each run; all: after every one',
      state('--kill-after', 'after'),
    )
    .option(
      '--kill-in <state>',
      'stop the execution while the function of this state runs, and redrive it; each and all as above',
      state('--kill-in', 'in'),
    )
    .option(
      '--rivals <n>',
      'operators who start a failover in the moment that the monitors do',
      count('--rivals', 0, 50),
      0,
    )
    .addOption(
      new Option('--net <kind>', 'how hosts are made').choices(['auto', 'namespaces', 'loopback']).default('auto'),
    )
    .option('--json <file>', 'also write the report as JSON (docs/drill-report.md)')
    .option('--story', 'also tell the change from its journal alone, as `db-failover history` does', false)
    .option('--quiet', 'the report only, nothing live', false)
    // Refused below, where the message can name them.
    .allowExcessArguments()
    .showHelpAfterError('(--help lists every option)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => written.push(text), writeErr: (text) => written.push(text) });
  try {
    return read(command.parse(argv, { from: 'user' }));
  } catch (error) {
    if (error instanceof CommanderError)
      throw new UsageError(written.join('').trim() || error.message, error.exitCode === 0 ? 0 : 2);
    throw error;
  }
}

/** What was written, with what follows from it. Refuses what each option alone could not. */
function read(command: Command): DrillOptions {
  const [word] = command.args;
  if (word !== undefined) command.error(`error: '${word}' is no option and belongs to none; leave it out`);
  const options = command.opts<Omit<DrillOptions, Derived> & Raw>();
  const { interval, timeout = Math.min(interval, MAX_TIMEOUT_MS), stopTime, writeDeadline, ...words } = options;
  const { for: forMs, killAfter, killIn, staleReads, awsFault = [], ...rest } = words;
  const patienceMs = interval * options.failures;
  if (timeout > patienceMs) {
    command.error(
      `error: --timeout: received ${timeout}ms; use at most --interval × --failures, ${patienceMs} ms, or raise one of these`,
    );
  }
  if (killAfter !== undefined && killIn !== undefined) {
    command.error('error: --kill-after and --kill-in: received both; use one of them in a drill');
  }
  const kill = killAfter ?? killIn ?? null;
  if (kill?.which === 'each' && options.runs > 1) {
    command.error(`error: --runs: received ${options.runs}; leave it out, as each makes a run for each state`);
  }
  if (writeDeadline % 1_000 !== 0) {
    command.error(`error: --write-deadline: received ${writeDeadline}ms; use whole seconds, such as 5s`);
  }
  const scenario: Scenario = SCENARIOS[rest.scenario];
  refuseWhatDoesNotFit(command, scenario, { ...rest, kill, forMs });
  return {
    ...rest,
    kill,
    intervalMs: interval,
    timeoutMs: timeout,
    stopTimeMs: stopTime,
    writeDeadlineSeconds: writeDeadline / 1_000,
    forMs: forMs ?? scenario.lastsMs,
    staleReadsMs: staleReads,
    awsFaults: awsFault,
    json: options.json ?? null,
  };
}

/** Words that mean something only where a failover, or an end of the fault, is to come. */
function refuseWhatDoesNotFit(
  command: Command,
  { leadsTo, lastsMs }: Scenario,
  options: Pick<DrillOptions, 'scenario' | 'blind' | 'failVip' | 'kill' | 'rivals'> & { forMs: number | undefined },
): void {
  const { scenario, blind, failVip, kill, rivals, forMs } = options;
  if (forMs !== undefined && lastsMs === null) {
    command.error(`error: --for: received ${forMs}ms; leave it out, as --scenario ${scenario} is for good`);
  }
  const about = { '--blind': blind > 0, '--fail-vip': failVip, '--kill-after or --kill-in': kill !== null };
  const words = Object.entries({ ...about, '--rivals': rivals > 0 }).flatMap(([word, given]) => (given ? [word] : []));
  if (leadsTo !== 'failover' && words.length > 0) {
    command.error(`error: ${words.join(', ')}: leave it out, as --scenario ${scenario} leads to no failover`);
  }
}

/** Options that are made from other words than their own. */
type Derived =
  'intervalMs' | 'timeoutMs' | 'stopTimeMs' | 'writeDeadlineSeconds' | 'forMs' | 'kill' | 'staleReadsMs' | 'awsFaults';

interface Raw {
  readonly killAfter?: KillWish;
  readonly killIn?: KillWish;
  readonly interval: number;
  readonly timeout?: number;
  readonly stopTime: number;
  readonly writeDeadline: number;
  readonly for?: number;
  readonly staleReads: number;
  readonly awsFault?: readonly FaultRule[];
}

/** `500ms` or `1.5s`, in milliseconds. */
function duration(flag: string, min: number, max: number) {
  return (text: string): number => {
    const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
    const ms = Number(number) * (unit === 's' ? 1_000 : 1);
    if (number === undefined || ms < min || ms > max) {
      throw new InvalidArgumentError(`${flag}: use a time such as 500ms or 1s, from ${min} ms to ${max / 1_000} s.`);
    }
    return Math.round(ms);
  };
}

function state(flag: string, when: KillTime) {
  return (text: string): KillWish => {
    const names = ['each', 'all', ...killableStates(when)];
    if (names.includes(text)) return { when, which: text };
    throw new InvalidArgumentError(`${flag}: use one of ${names.join(', ')}.`);
  };
}

function faultRules(file: string): readonly FaultRule[] {
  try {
    return readFaultRules(file);
  } catch (error) {
    if (error instanceof FaultRuleError) throw new InvalidArgumentError(`--aws-fault: ${error.message}.`);
    throw error;
  }
}

function count(flag: string, min: number, max: number) {
  return (text: string): number => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < min || number > max) {
      throw new InvalidArgumentError(`${flag}: use a whole number from ${min} to ${max}.`);
    }
    return number;
  };
}

function factor(flag: string) {
  return (text: string): number => {
    if (!/^\d+(\.\d+)?$/.test(text) || Number(text) > 100) {
      throw new InvalidArgumentError(`${flag}: use a number from 0 to 100, such as 0, 0.5 or 1.`);
    }
    return Number(text);
  };
}
