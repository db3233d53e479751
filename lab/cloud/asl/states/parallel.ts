/**
 * @module `Parallel`: runs its branches side by side and gives their outputs as an array.
 *
 * Guarantees: a branch's failure passes through unchanged to the state's `Retry` and `Catch`; there is no
 * `States.BranchFailed` in the service.
 */
import { runBranches } from '../branches.ts';
import { Checkpoint, type Branch } from '../checkpoint.ts';
import type { StateOf } from '../definition.ts';
import { withHandlers } from '../handlers.ts';
import type { StateEntry, StateOutcome } from '../state-entry.ts';

export function runParallel(state: StateOf<'Parallel'>, entry: StateEntry): Promise<StateOutcome> {
  const { thread } = entry;
  const attempt = async () => {
    const branches = thread.checkpoint.branches ?? (await split(state, entry));
    const results = await runBranches(branches, branches.length, entry);
    return thread.beside('ParallelStateSucceeded', () => entry.outcome(state, results, { result: results }));
  };
  return withHandlers(state, entry, attempt, 'ParallelStateFailed');
}

async function split(state: StateOf<'Parallel'>, entry: StateEntry): Promise<readonly Branch[]> {
  const { checkpoint } = entry.thread;
  const input = state.Arguments === undefined ? entry.input : await entry.evaluate(state.Arguments, 'Arguments');
  entry.thread.record('ParallelStateStarted');
  checkpoint.branches = state.Branches.map((region) => ({
    region,
    checkpoint: new Checkpoint(region, input, checkpoint.scope),
  }));
  return checkpoint.branches;
}
