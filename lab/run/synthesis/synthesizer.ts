/**
 * A process that synthesizes the stack, so that the CDK is loaded, and its work done, beside the boot of the servers.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../../lib/core/config.ts';
import { RUN_TYPESCRIPT } from '../run-typescript.ts';
import type { SynthesisAnswer, SynthesisRequest } from './protocol.ts';

export interface Synthesizer {
  /** @returns the name of the stack in the assembly. Works once. @throws Error with what the app said */
  synthesize(config: Config, outdir: string): Promise<string>;
  /** Ends it, and resolves when it is gone. Idempotent. */
  close(): Promise<void>;
}

const PROCESS = fileURLToPath(new URL('process.ts', import.meta.url));
const WITHIN_MS = 60_000;

/** Starts loading at once. */
export function startSynthesizer(): Synthesizer {
  // It ends by itself when this process is gone: its channel closes.
  const child = spawn(process.execPath, [...RUN_TYPESCRIPT, PROCESS], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const ended = once(child, 'close').then(
    () => new Error(`the process that synthesizes the stack ended: ${complaints.trim()}`),
    (error: unknown) => new Error(`the process that synthesizes the stack can't be started: ${String(error)}`),
  );
  return {
    async synthesize(config, outdir) {
      const answered = once(child, 'message', { signal: AbortSignal.timeout(WITHIN_MS) }).catch(
        () => new Error(`the stack was not synthesized within ${WITHIN_MS / 1_000} s`),
      );
      // Who has ended takes nothing, and is told of as such.
      child.send({ config, outdir } satisfies SynthesisRequest, () => {});
      const outcome = await Promise.race([answered, ended]);
      if (outcome instanceof Error) throw outcome;
      const [answer] = outcome as [SynthesisAnswer];
      if (!answer.ok) throw new Error(`the stack can't be synthesized: ${answer.error}`);
      return answer.stackName;
    },
    async close() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
