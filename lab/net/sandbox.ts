/**
 * A room of its own for everything that the lab does to a kernel: the lab's process starts itself again as the first
 * process of fresh network, mount and process namespaces. Whatever ends it or the process outside, by whatever signal,
 * the kernel removes all of it: no process, namespace, mount or file is left.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { findOnPath, fullSearchPath } from '../packages/find-on-path.ts';
import { runCommand } from '../packages/run-command.ts';

/** How this machine lets the lab have namespaces: as root, or as an ordinary user who is root of its own sandbox. */
export type NamespaceSupport =
  { readonly kind: 'root' } | { readonly kind: 'rootless' } | { readonly kind: 'none'; readonly reason: string };

/** A directory in memory that exists in a sandbox only, and ends with it. */
export const sandboxWorkDirectory = '/run/lab';

const probeTimeoutMs = 10_000;
/** How long the inner process may go on after the signal that it was sent: enough to finish its words. */
const lastWordsMs = 5_000;
const outerNetworkVariable = 'DB_FAILOVER_SANDBOX_OUTSIDE';

/** Finds out by trying, since no file of the system tells for sure. */
export async function probeNamespaces(): Promise<NamespaceSupport> {
  const missing = ['unshare', 'nsenter', 'setpriv', 'ip'].filter((program) => findOnPath(program) === undefined);
  if (process.platform !== 'linux') return { kind: 'none', reason: `${process.platform} has no network namespaces` };
  if (missing.length > 0) return { kind: 'none', reason: `not installed: ${missing.join(', ')}` };
  const kind = process.getuid?.() === 0 ? 'root' : 'rootless';
  const { status, stderr } = await runCommand(
    'unshare',
    [...unshareOptions(kind), 'mount', '-t', 'tmpfs', 'none', '/run'],
    {
      timeoutMs: probeTimeoutMs,
    },
  );
  return status === 0 ? { kind } : { kind: 'none', reason: `unshare: ${stderr.trim().split('\n')[0] ?? 'refused'}` };
}

/** Whether this process runs in a sandbox's network rather than in the machine's. */
export function insideSandbox(): boolean {
  const outside = process.env[outerNetworkVariable];
  return outside !== undefined && outside !== networkNamespace();
}

export interface SandboxOptions {
  readonly support: NamespaceSupport;
  /** Options of Node itself, such as a loader. Default: those that this process was started with. */
  readonly nodeOptions?: readonly string[];
  /** `inherit` shows what the inner process writes; `pipe` leaves it to `onStart`. */
  readonly stdio?: 'inherit' | 'pipe';
  readonly onStart?: (outer: ChildProcess) => void;
}

/**
 * Runs a script by Node as the first process of a new sandbox. SIGINT and
 * SIGTERM are passed on once; an inner process that goes on for 5 s after one is killed.
 *
 * @returns its exit status; not 0 when a signal ended it
 * @throws Error when namespaces can't be had here
 */
export async function enterSandbox(
  entryFile: string,
  args: readonly string[],
  options: SandboxOptions,
): Promise<number> {
  const { support, nodeOptions = process.execArgv, stdio = 'inherit', onStart } = options;
  if (support.kind === 'none') throw new Error(`no sandbox can be made on this machine: ${support.reason}`);
  const node = [process.execPath, ...nodeOptions, entryFile, ...args];
  const prepare = `mount -t tmpfs -o mode=755 lab /run && mkdir ${sandboxWorkDirectory} && exec "$@"`;
  // Death of this process kills unshare (pdeathsig), whose death kills the first process inside (--kill-child), and
  // with it the kernel kills everything else there.
  const unshare = ['unshare', ...unshareOptions(support.kind), 'sh', '-c', prepare, 'sh', ...node];
  const outer = spawn('setpriv', ['--pdeathsig', 'KILL', ...unshare], {
    stdio,
    env: { ...process.env, PATH: fullSearchPath(), [outerNetworkVariable]: networkNamespace() },
    // A process group of its own: a terminal's Ctrl-C reaches only this process, which passes it on once.
    detached: true,
  });
  onStart?.(outer);
  return await untilEnded(outer);
}

function untilEnded(outer: ChildProcess): Promise<number> {
  let killTimer: NodeJS.Timeout | undefined;
  const passOn = (signal: NodeJS.Signals): void => {
    if (killTimer !== undefined) return;
    killTimer = setTimeout(() => outer.kill('SIGKILL'), lastWordsMs);
    innerPid(outer).then(
      (pid) => process.kill(pid, signal),
      () => outer.kill('SIGKILL'),
    );
  };
  process.on('SIGINT', passOn);
  process.on('SIGTERM', passOn);
  return new Promise<number>((resolve, reject) => {
    outer.on('error', reject);
    outer.on('close', (status, signal) => resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  }).finally(() => {
    clearTimeout(killTimer);
    process.off('SIGINT', passOn);
    process.off('SIGTERM', passOn);
  });
}

/** unshare ignores SIGINT and SIGTERM, so a signal must be sent to the one child that it waits for. */
async function innerPid(outer: ChildProcess): Promise<number> {
  const children = await readFile(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8');
  const pid = Number.parseInt(children, 10);
  if (!(pid > 1)) throw new Error(`the sandbox of process ${outer.pid} has not started yet`);
  return pid;
}

function unshareOptions(kind: 'root' | 'rootless'): string[] {
  const options = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return kind === 'root' ? options : ['--user', '--map-root-user', ...options];
}

function networkNamespace(): string {
  return readlinkSync('/proc/self/ns/net');
}
