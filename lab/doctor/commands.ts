/**
 * `npm run lab -- doctor`, `fetch` and `exec`: what this machine can do for the lab, getting what it lacks, and running a
 * program of one's own where the lab has namespaces.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { Argument, type Command } from 'commander';
import { terminalOf } from '../../bin/render/text.ts';
import { enterSandbox, probeNamespaces } from '../net/sandbox.ts';
import { findEngine } from '../packages/find-engine.ts';
import { findPythonTool } from '../packages/find-python-tool.ts';
import { findTool } from '../packages/find-tool.ts';
import { RUN_TYPESCRIPT } from '../run/run-typescript.ts';
import { examineMachine } from './examine-machine.ts';
import { renderMachine } from './render-machine.ts';

const FETCHABLE = ['mariadb', 'mysql', 'nft', 'moto'] as const;
type Fetchable = (typeof FETCHABLE)[number];

const INMATE = fileURLToPath(new URL('exec-inside.ts', import.meta.url));

export interface Answer {
  readonly print: (line: string) => void;
  /** What the process is to end with. */
  readonly exit: (code: number) => void;
}

export function addMachineCommands(program: Command, { print, exit }: Answer): void {
  program
    .command('doctor')
    .summary('what this machine can do for the lab, and how to get the rest')
    .description('Looks at this machine; changes and fetches nothing. Exits 0 when a drill can run here, else 1.')
    .option('--json', 'print the report as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const report = await examineMachine();
      print(
        json === true
          ? JSON.stringify(report, null, 2)
          : renderMachine(report, terminalOf(process.stdout, process.env)),
      );
      exit(report.canDrill ? 0 : 1);
    });
  program
    .command('fetch')
    .summary('gets servers and tools into the lab’s cache, for when there is no network')
    .description('Gets what is named, or all of it, from the mirrors and indexes that this machine’s apt and pip use.')
    .addArgument(new Argument('[what...]', 'what to get').choices(FETCHABLE).default(FETCHABLE, 'all'))
    .action(async (names: readonly Fetchable[]) => {
      for (const name of names) print(`${name}: ${await fetched(name, print)}`);
    });
  program
    .command('exec')
    .summary('runs a program where startLab can have network namespaces')
    .description(
      'Runs a program, such as your tests, in a sandbox: startLab makes its hosts of namespaces there, with partitions and lost packets. The program has no other network.',
    )
    .argument('<command...>', 'the program and its words, after --')
    .passThroughOptions()
    .action(async (words: readonly string[]) => {
      const support = await probeNamespaces();
      if (support.kind === 'none') throw new Error(`no sandbox can be made on this machine: ${support.reason}`);
      // Inside there is no way to a package mirror.
      await findTool('nft', { onProgress: print });
      await findEngine('mariadb', { onProgress: print });
      exit(await enterSandbox(INMATE, words, { support, nodeOptions: RUN_TYPESCRIPT }));
    });
}

async function fetched(name: Fetchable, onProgress: (line: string) => void): Promise<string> {
  if (name === 'nft') {
    const { command, leadingArgs } = await findTool('nft', { onProgress });
    return leadingArgs.at(-1) ?? command;
  }
  if (name === 'moto') return (await findPythonTool('moto', { onProgress })).command;
  const { version, server } = await findEngine(name, { onProgress });
  return `${version}, ${server.leadingArgs.at(-1) ?? server.command}`;
}
