/**
 * @module A function that gives answers which were written down, instead of running code.
 *
 * Guarantees: each invocation takes the next answer; the last one stays.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FunctionRuntime, FunctionSpec, InvocationResult, Served } from './function.ts';

export interface RecordedAnswer {
  readonly result: InvocationResult;
  /** How long it takes. */
  readonly delayMs: number;
}

const CLOSED: InvocationResult = {
  ok: false,
  error: { errorType: 'Runtime.ExitError', errorMessage: "the lab's cloud is closed" },
};

export class RecordedAnswers implements FunctionRuntime {
  readonly spec: FunctionSpec;
  readonly hosts = [];
  private readonly answers: readonly [RecordedAnswer, ...RecordedAnswer[]];
  private readonly closed = new AbortController();
  private invocations = 0;

  constructor(spec: FunctionSpec, answers: readonly [RecordedAnswer, ...RecordedAnswer[]]) {
    this.spec = spec;
    this.answers = answers;
  }

  async invoke(): Promise<Served> {
    const { result, delayMs } = this.answers[Math.min(this.invocations, this.answers.length - 1)] ?? this.answers[0];
    this.invocations += 1;
    if (delayMs === 0) return { result };
    return sleep(delayMs, { result }, { signal: this.closed.signal }).catch(() => ({ result: CLOSED }));
  }

  retire(): void {
    // It runs nothing that would have to end.
  }

  close(): Promise<void> {
    this.closed.abort();
    return Promise.resolve();
  }
}
