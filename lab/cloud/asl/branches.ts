/**
 * @module Threads side by side: the branches of a `Parallel`, the iterations of a `Map`.
 *
 * Guarantees: they begin in order and their results keep it; at the first failure all siblings are given up at once, nothing that was
 * still waiting starts, and the history says how each of them ended. A branch that has ended does not run again.
 */
import { setMaxListeners } from 'node:events';
import type { HistoryEventType } from '@aws-sdk/client-sfn';
import type { Branch } from './checkpoint.ts';
import { ErrorName, StateFailure } from './failure.ts';
import type { Json } from './json.ts';
import type { StateEntry } from './state-entry.ts';
import { Thread } from './thread.ts';

/** What is to be done about the branches themselves, beside their states. Nothing for a branch of a `Parallel`. */
export interface BranchHooks {
  /** The input of a branch that is about to begin. Its failure is that of the state around it, and on the thread's chain. */
  readonly inputOf?: (thread: Thread) => Promise<Json>;
  readonly started?: (thread: Thread, index: number) => void;
  /** Returns the event's id, which the state's own end refers to. */
  readonly succeeded?: (thread: Thread, index: number) => number;
  /** How the branches of a failed or given up state ended. */
  readonly ended?: (how: 'Failed' | 'Aborted', index: number, previousEventId: number) => void;
}

interface Running {
  readonly branch: Branch;
  readonly thread: Thread;
  readonly index: number;
}

/**
 * @param concurrency how many may run at once
 * @returns the results in the order of the branches; the entry's thread goes on from the last event of the last to end
 * @throws StateFailure of the branch that failed first; the entry's thread goes on from that branch's last event
 */
export async function runBranches(
  branches: readonly Branch[],
  concurrency: number,
  entry: StateEntry,
  hooks: BranchHooks = {},
): Promise<Json[]> {
  const { thread: parent, execution } = entry;
  const { signal, end: giveUp } = parent.untilUnwanted();
  // Every branch listens; Node warns of a leak at eleven.
  setMaxListeners(0, signal);
  const waiting = [...branches.entries()].filter(([, branch]) => !branch.checkpoint.isDone);
  const started: Running[] = [];
  let lastEventId = parent.lastEventId;

  const start = async (previousEventId: number): Promise<Running | undefined> => {
    const next = waiting.shift();
    if (next === undefined) return undefined;
    const [index, branch] = next;
    const { checkpoint, mapItem = parent.mapItem } = branch;
    const thread = new Thread({ history: parent.history, checkpoint, signal, previousEventId, mapItem });
    if (!checkpoint.hasBegun && hooks.inputOf !== undefined) {
      const input = await hooks.inputOf(thread).catch((failure: unknown) => fail(failure, thread));
      thread.assertWanted();
      checkpoint.payload = input;
    }
    checkpoint.hasBegun = true;
    const running = { branch, thread, index };
    started.push(running);
    hooks.started?.(thread, index);
    return running;
  };

  /** Siblings reject with `Abandoned` after the first failure, so only that one gives up the others. */
  const fail = (failure: unknown, thread: Thread): never => {
    if (failure instanceof StateFailure && !signal.aborted) {
      giveUp();
      parent.lastEventId = thread.lastEventId;
      // `States.Runtime` ends the execution on the spot, without a word about those that it ends.
      if (failure.error !== ErrorName.runtime) recordEnds(started, thread, thread.lastEventId, hooks);
    }
    throw failure;
  };

  const runLane = async (first: Running): Promise<void> => {
    let current: Running | undefined = first;
    while (current !== undefined) {
      const { branch, thread, index }: Running = current;
      await execution.runRegion(branch.region, thread, execution).catch((failure: unknown) => fail(failure, thread));
      lastEventId = hooks.succeeded?.(thread, index) ?? thread.lastEventId;
      current = await start(thread.lastEventId);
    }
  };

  parent.abandonChildren = (previousEventId) => recordEnds(started, undefined, previousEventId, hooks);
  try {
    const lanes: Running[] = [];
    while (lanes.length < concurrency) {
      const running = await start(parent.lastEventId);
      if (running === undefined) break;
      lanes.push(running);
    }
    await Promise.all(lanes.map(runLane));
    parent.lastEventId = lastEventId;
    return branches.map(({ checkpoint }) => checkpoint.payload);
  } finally {
    parent.abandonChildren = undefined;
    giveUp();
  }
}

/** Only these states have an event for being given up. */
const ABORTED_EVENTS: Readonly<Partial<Record<string, HistoryEventType>>> = {
  Task: 'TaskStateAborted',
  Wait: 'WaitStateAborted',
  Parallel: 'ParallelStateAborted',
  Map: 'MapStateAborted',
};

/** As the service does it: in the order of the branches, the failed one included, all after the event of the failure. */
function recordEnds(
  started: readonly Running[],
  failed: Thread | undefined,
  previousEventId: number,
  hooks: BranchHooks,
) {
  for (const running of started) {
    if (running.branch.checkpoint.isDone) continue;
    const { thread } = running;
    hooks.ended?.(thread === failed ? 'Failed' : 'Aborted', running.index, previousEventId);
    if (thread !== failed) thread.abandonChildren?.(previousEventId);
    const type = thread.stateType === undefined ? undefined : ABORTED_EVENTS[thread.stateType];
    if (type !== undefined) thread.history.record(previousEventId, type);
  }
}
