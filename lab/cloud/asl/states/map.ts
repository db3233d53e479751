/**
 * @module `Map`, inline: runs the same states for each element of an array.
 *
 * Guarantees: at most `MaxConcurrency` iterations run at once, 40 when it is 0 or missing, and start in the array's order.
 */
import { runBranches, type BranchHooks } from '../branches.ts';
import { Checkpoint, type Branch } from '../checkpoint.ts';
import type { StateOf } from '../definition.ts';
import { withHandlers } from '../handlers.ts';
import type { Json } from '../json.ts';
import type { StateEntry, StateOutcome } from '../state-entry.ts';

/** What the service runs at once in an inline Map. */
const INLINE_CONCURRENCY = 40;

export function runMap(state: StateOf<'Map'>, entry: StateEntry): Promise<StateOutcome> {
  const { thread } = entry;
  const attempt = async () => {
    const items = thread.checkpoint.branches === undefined ? await itemsOf(state, entry) : undefined;
    const limit =
      state.MaxConcurrency === undefined ? 0 : await entry.evaluateInteger(state.MaxConcurrency, 'MaxConcurrency', 0);
    if (items !== undefined)
      thread.record('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
    const results = await runIterations(state, entry, items, limit);
    return thread.beside('MapStateSucceeded', () => entry.outcome(state, results, { result: results }));
  };
  return withHandlers(state, entry, attempt, 'MapStateFailed');
}

/** @param items undefined in a redrive, which goes on with the iterations that there are */
async function runIterations(
  state: StateOf<'Map'>,
  entry: StateEntry,
  items: Json[] | undefined,
  limit: number,
): Promise<Json[]> {
  const { checkpoint } = entry.thread;
  if (items !== undefined) {
    checkpoint.branches = items.map((item, index): Branch => {
      const iteration = new Checkpoint(state.ItemProcessor, item, checkpoint.scope);
      return {
        region: state.ItemProcessor,
        checkpoint: iteration,
        mapItem: { Index: index, Value: item, Source: 'STATE_DATA' },
      };
    });
  }
  return runBranches(checkpoint.branches ?? [], limit === 0 ? INLINE_CONCURRENCY : limit, entry, hooksOf(state, entry));
}

async function itemsOf(state: StateOf<'Map'>, entry: StateEntry): Promise<Json[]> {
  const template = state.Items ?? '{% $states.input %}';
  const items = await entry.evaluate(template, 'Items');
  if (!Array.isArray(items)) throw entry.wrongType(template, 'Items', 'array', items);
  return items;
}

function hooksOf({ ItemSelector: selector }: StateOf<'Map'>, entry: StateEntry): BranchHooks {
  const { name, thread: parent } = entry;
  return {
    ...(selector === undefined
      ? {}
      : { inputOf: (iteration) => entry.onThread(iteration).evaluate(selector, 'ItemSelector') }),
    started: (thread, index) =>
      thread.record('MapIterationStarted', { mapIterationStartedEventDetails: { name, index } }),
    succeeded: (thread, index) =>
      thread.recordAside('MapIterationSucceeded', { mapIterationSucceededEventDetails: { name, index } }),
    ended: (how, index, previousEventId) => {
      const details =
        how === 'Failed'
          ? { mapIterationFailedEventDetails: { name, index } }
          : { mapIterationAbortedEventDetails: { name, index } };
      parent.history.record(previousEventId, `MapIteration${how}`, details);
    },
  };
}
