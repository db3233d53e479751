/**
 * Every process that runs in a network namespace, whoever started it: what a power switch acts upon.
 *
 * @module
 */
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 2;
const deadlineMs = 5_000;

/** The processes of the namespace that `ip netns` knows by this name. The calling process is never among them. */
export function processesIn(namespaceFile: string): number[] {
  const inode = statSync(namespaceFile).ino;
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && namespaceOf(pid) === `net:[${inode}]`);
}

/** Ends them all by SIGKILL, and those that they start meanwhile. */
export async function killProcesses(namespaceFile: string): Promise<void> {
  await untilNone(namespaceFile, 'SIGKILL', () => true);
}

/** Stops them all by SIGSTOP, and those that they start meanwhile: nothing that they have open is closed. */
export async function freezeProcesses(namespaceFile: string): Promise<void> {
  await untilNone(namespaceFile, 'SIGSTOP', (pid) => !isStopped(pid));
}

async function untilNone(
  namespaceFile: string,
  signal: NodeJS.Signals,
  counts: (pid: number) => boolean,
): Promise<void> {
  const giveUpAt = Date.now() + deadlineMs;
  for (;;) {
    const pids = processesIn(namespaceFile).filter(counts);
    if (pids.length === 0) return;
    if (Date.now() > giveUpAt) {
      throw new Error(`processes ${pids.join(', ')} did not obey ${signal} within ${deadlineMs} ms`);
    }
    for (const pid of pids) send(pid, signal);
    await delay(pollMs);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended by itself in between.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A process that has ended but was not waited for has no namespace any more, and reads as nothing. */
function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return '';
  }
}

/**
 * Whether SIGSTOP has taken hold of every thread of a process: one that is still running may answer a query. Also true
 * of a process that has ended, and where the system does not tell.
 */
export function isStopped(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      // The program's name is in parentheses and may hold any character; the state follows the last one.
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
      return 'TZX'.includes(stat.charAt(stat.lastIndexOf(')') + 2));
    });
  } catch {
    return true;
  }
}
