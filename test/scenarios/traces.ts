/**
 * What a lab has left behind, told from what other labs on the machine have: each lab under test gets a mark into its
 * environment and a directory of its own for temporary files.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Traces {
  /** For the environment of the lab's process. */
  readonly env: NodeJS.ProcessEnv;
  /** Every process, file and mount that is left, in words. */
  left(): readonly string[];
  remove(): Promise<void>;
}

const MARK = 'LAB_UNDER_TEST';
/** The compiler's cache, which is no part of a lab. */
const NO_TRACES = /^tsx-/;

export async function openTraces(): Promise<Traces> {
  const mark = randomUUID();
  const directory = await mkdtemp(join(tmpdir(), 'traces-'));
  return {
    env: { [MARK]: mark, TMPDIR: directory },
    left: () => [
      ...processesOf(mark, directory),
      ...readdirSync(directory).filter((name) => !NO_TRACES.test(name)),
      ...readFileSync('/proc/self/mounts', 'utf8')
        .split('\n')
        .filter((line) => line.includes(directory)),
    ],
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Functions get an environment of their own, so their directory tells whose they are. */
function processesOf(mark: string, directory: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const [environment, command, cwd] = [read(pid, 'environ'), read(pid, 'cmdline'), workingDirectory(pid)];
      const isOurs = environment.includes(mark) || command.includes(directory) || cwd.startsWith(directory);
      return isOurs ? [`${pid} ${command.replaceAll('\0', ' ')}`] : [];
    });
}

/** What has ended in between reads as nothing. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function workingDirectory(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}
