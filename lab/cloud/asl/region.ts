/**
 * @module Runs the states of a region from where its checkpoint stands, one after another, until one ends it.
 *
 * Guarantees: a variable that a state assigns is seen by the states after it, not by the state itself; each state has one
 * event for its entry and one for its exit, with a failed state's exit missing. A redrive goes on in the state that it finds
 * entered, without another event of an entry; only a `Fail` is entered again.
 */
import type { Region, State } from './definition.ts';
import type { Execution } from './execution.ts';
import { inputDetails, NOT_TRUNCATED, outputDetails } from './history.ts';
import type { Entrance } from './checkpoint.ts';
import type { Json } from './json.ts';
import { StateEntry, type StateOutcome } from './state-entry.ts';
import { runChoice } from './states/choice.ts';
import { runFail, runPass, runSucceed } from './states/flow.ts';
import { runMap } from './states/map.ts';
import { runParallel } from './states/parallel.ts';
import { runTask } from './states/task.ts';
import { runWait } from './states/wait.ts';
import type { Thread } from './thread.ts';
import { timestamp } from './timestamp.ts';

/** @throws StateFailure when a state fails and nothing catches it  @throws Abandoned when nobody wants the output */
export async function runRegion(region: Region, thread: Thread, execution: Execution): Promise<Json> {
  const { ports } = execution;
  const { checkpoint } = thread;
  while (checkpoint.state !== undefined) {
    const name = checkpoint.state;
    const state = region.States[name];
    if (state === undefined) throw new Error(`state '${name}' is not defined beside '${region.StartAt}'`);
    if (ports.stateTransitionDelayMs) await thread.sleep(ports.clock, ports.stateTransitionDelayMs);
    await runState(name, state, thread, execution);
  }
  return checkpoint.payload;
}

async function runState(name: string, state: State, thread: Thread, execution: Execution): Promise<void> {
  const { checkpoint } = thread;
  const input = checkpoint.payload;
  thread.stateType = state.Type;
  const entrance = enter(name, state, thread, execution);
  const outcome = await perform(state, new StateEntry(name, input, entrance, thread, execution));
  // A `Fail` never comes here, and has no event for its exit.
  if (state.Type !== 'Fail') {
    const stateExitedEventDetails = { name, ...outputDetails(outcome.output), ...assignedDetails(outcome.assigned) };
    thread.record(`${state.Type}StateExited`, { stateExitedEventDetails });
  }
  thread.stateType = undefined;
  checkpoint.exit(outcome);
}

function enter(name: string, state: State, thread: Thread, execution: Execution): Entrance {
  const { checkpoint } = thread;
  if (checkpoint.entrance === undefined || state.Type === 'Fail') {
    const stateEnteredEventDetails = { name, ...inputDetails(checkpoint.payload) };
    thread.record(`${state.Type}StateEntered`, { stateEnteredEventDetails });
    const time = timestamp(execution.ports.clock.now());
    checkpoint.entrance = { eventId: thread.lastEventId, time };
  }
  return checkpoint.entrance;
}

function perform(state: State, entry: StateEntry): Promise<StateOutcome> {
  switch (state.Type) {
    case 'Pass':
      return runPass(state, entry);
    case 'Task':
      return runTask(state, entry);
    case 'Choice':
      return runChoice(state, entry);
    case 'Wait':
      return runWait(state, entry);
    case 'Succeed':
      return runSucceed(state, entry);
    case 'Fail':
      return runFail(state, entry);
    case 'Parallel':
      return runParallel(state, entry);
    default:
      return runMap(state, entry);
  }
}

function assignedDetails(assigned: Readonly<Record<string, Json>>) {
  const names = Object.keys(assigned);
  if (names.length === 0) return {};
  return {
    assignedVariables: Object.fromEntries(names.map((name) => [name, JSON.stringify(assigned[name])])),
    assignedVariablesDetails: NOT_TRUNCATED,
  };
}
