/**
 * Runs a short-lived program to its end, within a deadline, and keeps what it said.
 *
 * @module
 */
import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Exit status; `null` when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface CommandOptions {
  readonly timeoutMs: number;
  /** Written to the program's standard input, which is then closed. */
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/**
 * Resolves when the program has ended, whatever its status; a program that outlives `timeoutMs` gets SIGKILL.
 *
 * @throws the spawn error (`ENOENT`, `EACCES`) when the program can't be started
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { timeoutMs, input, env, cwd }: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: env ?? process.env, cwd, stdio: 'pipe' });
    let stdout = '';
    let stderr = '';
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr, timedOut });
    });
    // A program may end without reading its input; that is its right, and its status tells.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}
