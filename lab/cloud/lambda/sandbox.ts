/**
 * @module One sandbox: a real process that serves one invocation at a time.
 *
 * Guarantees: frozen between invocations, as on Lambda, so nothing in it runs on; an invocation that outlives the
 * function's timeout ends the sandbox; a sandbox that ended, whyever, never serves again.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Host } from '../../net/network.ts';
import type { FunctionError, FunctionSpec, InvocationResult } from './function.ts';

const RUNTIME = fileURLToPath(new URL('runtime.mjs', import.meta.url));

/** Lambda's own limit for loading a function outside an invocation. */
const INIT_TIMEOUT_MS = 10_000;

type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'init-error' | 'error'; readonly error: FunctionError }
  | { readonly type: 'result'; readonly payload: string };

export interface SandboxOptions {
  readonly spec: FunctionSpec;
  readonly host: Host;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

export class Sandbox {
  /** Milliseconds from the start of the process to a loaded handler. */
  initDurationMs = 0;
  private readonly spec: FunctionSpec;
  private readonly child: ChildProcess;
  private ended = false;

  constructor({ spec, host, environment, onLine }: SandboxOptions) {
    this.spec = spec;
    this.child = host.spawn(process.execPath, [RUNTIME], {
      cwd: spec.codeDirectory,
      env: { ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const end = (): void => {
      this.ended = true;
    };
    this.child.once('exit', end);
    this.child.once('error', end);
    readLines(this.child.stdout, (line) => onLine('stdout', line));
    readLines(this.child.stderr, (line) => onLine('stderr', line));
  }

  get alive(): boolean {
    return !this.ended;
  }

  /** Waits until the handler is loaded. Returns why it can't be, or nothing. */
  async initialize(): Promise<FunctionError | undefined> {
    const startedAt = performance.now();
    const message = await this.message(INIT_TIMEOUT_MS, 'init', () => ({
      errorType: 'Sandbox.Timedout',
      errorMessage: `Init phase timed out after ${INIT_TIMEOUT_MS / 1000} seconds`,
    }));
    this.initDurationMs = performance.now() - startedAt;
    if (message.type === 'ready') return undefined;
    this.kill();
    return message.type === 'result' ? undefined : message.error;
  }

  async invoke(requestId: string, payload: string): Promise<InvocationResult> {
    const { arn, timeoutMs } = this.spec;
    this.child.kill('SIGCONT');
    const answer = this.message(timeoutMs, requestId, () => ({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
    }));
    if (this.alive) {
      // A sandbox that dies now is seen by its exit; the write's own failure adds nothing.
      this.child.send({ requestId, payload, deadlineMs: Date.now() + timeoutMs, functionArn: arn }, () => undefined);
    }
    const message = await answer;
    if (message.type === 'result') {
      this.child.kill('SIGSTOP');
      return { ok: true, payload: message.payload };
    }
    if (message.type === 'ready') throw new Error(`the sandbox of ${this.spec.name} loaded its handler twice`);
    if (this.alive) this.child.kill('SIGSTOP');
    return { ok: false, error: message.error };
  }

  kill(): void {
    this.ended = true;
    this.child.kill('SIGKILL');
  }

  /** Ends the process and waits until it is gone. */
  async close(): Promise<void> {
    const running = this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
    const exit = running ? once(this.child, 'exit') : Promise.resolve();
    this.kill();
    await exit;
  }

  /** The next message, or an error when the process ends or the time is up; the latter ends the process. */
  private message(timeoutMs: number, requestId: string, onTimeout: () => FunctionError): Promise<Message> {
    return new Promise((resolve) => {
      const settle = (message: Message): void => {
        clearTimeout(timer);
        this.child.off('message', settle);
        this.child.off('exit', onExit);
        this.child.off('error', onSpawnError);
        resolve(message);
      };
      const onExit = (code: number | null, signal: string | null): void => {
        const how = code === null ? `signal ${signal}` : `exit status ${code}`;
        const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${how}`;
        settle({ type: 'error', error: { errorType: 'Runtime.ExitError', errorMessage } });
      };
      const onSpawnError = (error: Error): void => {
        settle({ type: 'error', error: { errorType: 'Runtime.SpawnError', errorMessage: error.message } });
      };
      const timer = setTimeout(() => {
        this.kill();
        settle({ type: 'error', error: onTimeout() });
      }, timeoutMs);
      this.child.on('message', settle);
      this.child.once('exit', onExit);
      this.child.once('error', onSpawnError);
      if (this.ended) onExit(this.child.exitCode, this.child.signalCode);
    });
  }
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', onLine);
}
