/**
 * `Executions` in memory, with the names as the adapter makes them of Step Functions' answers: a name starts once; while
 * it runs it is `running`, whatever the input; after that it is `already-ended` for good. An execution is known to
 * `status` by its name; one that nobody started has ended.
 *
 * @module
 */
import type { Executions, ExecutionStatus } from '../../lib/ports/cloud.ts';

export class FakeExecutions implements Executions {
  readonly started: { readonly name: string; readonly input: unknown }[] = [];
  readonly #running = new Set<string>();

  async start(name: string, input: unknown): Promise<'started' | 'running' | 'already-ended'> {
    if (this.#running.has(name)) return 'running';
    if (this.started.some((each) => each.name === name)) return 'already-ended';
    this.started.push({ name, input });
    this.#running.add(name);
    return 'started';
  }

  async status(execution: string): Promise<ExecutionStatus> {
    return this.#running.has(execution) ? 'running' : 'ended';
  }

  /** Lets an execution run that nobody started by `start`. */
  run(name: string): void {
    this.#running.add(name);
  }

  end(name: string): void {
    this.#running.delete(name);
  }
}
