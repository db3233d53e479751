/**
 * @module A function that gives answers which were written down, instead of running code.
 *
 * Guarantees: each invocation takes the next answer; the last one stays.
 */
import type { FunctionRuntime, FunctionSpec, InvocationResult, Served } from './function.ts';

export class RecordedAnswers implements FunctionRuntime {
  readonly spec: FunctionSpec;
  readonly hosts = [];
  private readonly answers: readonly [InvocationResult, ...InvocationResult[]];
  private invocations = 0;

  constructor(spec: FunctionSpec, answers: readonly [InvocationResult, ...InvocationResult[]]) {
    this.spec = spec;
    this.answers = answers;
  }

  invoke(): Promise<Served> {
    const result = this.answers[Math.min(this.invocations, this.answers.length - 1)] ?? this.answers[0];
    this.invocations += 1;
    return Promise.resolve({ result });
  }

  retire(): void {
    // Nothing of it ever runs.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
