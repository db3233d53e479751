/**
 * @module `Map`, inline: runs the same states for each element of an array.
 *
 * Guarantees: at most `MaxConcurrency` iterations run at once, 40 when it is 0 or missing, and start in the array's order.
 */
import { runBranches, type BranchEvents } from '../branches.ts';
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
  const branches =
    items === undefined ? (entry.thread.checkpoint.branches ?? []) : await iterationsOf(state, entry, items);
  return runBranches(branches, limit === 0 ? INLINE_CONCURRENCY : limit, entry, iterationEvents(entry));
}

async function iterationsOf(state: StateOf<'Map'>, entry: StateEntry, items: Json[]): Promise<Branch[]> {
  const branches: Branch[] = [];
  // One by one, so that a selector that fails for every item fails once.
  for (const [index, item] of items.entries()) branches.push(await iteration(state, entry, item, index));
  // A redrive may have begun meanwhile, with iterations of its own.
  entry.thread.assertWanted();
  entry.thread.checkpoint.branches = branches;
  return branches;
}

async function itemsOf(state: StateOf<'Map'>, entry: StateEntry): Promise<Json[]> {
  const template = state.Items ?? '{% $states.input %}';
  const items = await entry.evaluate(template, 'Items');
  if (!Array.isArray(items)) throw entry.wrongType(template, 'Items', 'array', items);
  return items;
}

async function iteration(state: StateOf<'Map'>, entry: StateEntry, item: Json, index: number): Promise<Branch> {
  const mapItem = { Index: index, Value: item };
  const input =
    state.ItemSelector === undefined ? item : await entry.evaluate(state.ItemSelector, 'ItemSelector', { mapItem });
  const checkpoint = new Checkpoint(state.ItemProcessor, input, entry.thread.checkpoint.scope);
  return { region: state.ItemProcessor, checkpoint, mapItem };
}

function iterationEvents({ name, thread: parent }: StateEntry): BranchEvents {
  return {
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
