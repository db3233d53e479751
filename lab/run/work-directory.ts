/**
 * Where a lab keeps its files. Inside a sandbox they end with it. Elsewhere a small process of its own watches this one
 * and removes them as soon as it is gone, in whatever way: also when it was killed and could remove nothing itself.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insideSandbox, sandboxWorkDirectory } from '../net/sandbox.ts';

export interface WorkDirectory {
  readonly path: string;
  /** Removes it. */
  close(): Promise<void>;
}

/** `cat` ends when the pipe does, whose other end is this process. Servers that die with it may still write for a moment. */
const JANITOR =
  'cat >/dev/null; n=0; while [ -e "$1" ] && [ $n -lt 50 ]; do rm -rf -- "$1" 2>/dev/null; n=$((n+1)); sleep 0.1; done';

export async function openWorkDirectory(): Promise<WorkDirectory> {
  if (insideSandbox()) return { path: sandboxWorkDirectory, close: () => Promise.resolve() };
  // Short, because the path of a server's socket may have 107 characters.
  const path = await mkdtemp(join(tmpdir(), 'dbf-'));
  // In a session of its own, where a terminal's Ctrl-C does not reach it.
  const janitor = spawn('sh', ['-c', JANITOR, 'sh', path], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = once(janitor, 'exit').catch(() => {});
  janitor.stdin.on('error', () => {});
  // Neither keeps this process from ending.
  janitor.unref();
  return {
    path,
    async close() {
      await rm(path, { recursive: true, force: true });
      janitor.ref();
      janitor.stdin.end();
      await gone;
    },
  };
}
