/**
 * @module Where a region stands, which is all that a redrive needs to go on from there.
 *
 * Guarantees: it moves in the same breath as the history. A state without an event of its exit is the one that the
 * checkpoint names, with the input and the variables that it was entered with; what was exited never runs again.
 */
import type { Region } from './definition.ts';
import type { Json } from './json.ts';
import type { StateOutcome } from './state-entry.ts';
import type { MapItem } from './thread.ts';
import { VariableScope } from './variable-scope.ts';

/** When a state was entered, for its context and for what is said of its failures. */
export interface Entrance {
  readonly eventId: number;
  /** ISO 8601 */
  readonly time: string;
}

/** A branch of a `Parallel`, or an iteration of a `Map`. */
export interface Branch {
  readonly region: Region;
  readonly checkpoint: Checkpoint;
  readonly mapItem?: MapItem;
}

export class Checkpoint {
  readonly scope: VariableScope;
  /** The state that the region is in or comes to next; undefined once the region has ended. */
  state: string | undefined;
  /** That state's input; the region's output once it has ended. */
  payload: Json;
  /** Undefined before the state is entered. */
  entrance: Entrance | undefined;
  /** Whether the region has begun: until then an iteration's input is its bare item. */
  hasBegun = false;
  /** The branches of the `Parallel` or `Map` that the region is in, from the moment that it has split. */
  branches: readonly Branch[] | undefined;

  /** @param outer the variables around the region */
  constructor(region: Region, input: Json, outer?: VariableScope) {
    this.scope = new VariableScope(outer);
    this.state = region.StartAt;
    this.payload = input;
  }

  get isDone(): boolean {
    return this.state === undefined;
  }

  /** Goes on to the next state, or to the region's end. */
  exit({ output, assigned, next }: StateOutcome): void {
    this.scope.assign(assigned);
    this.state = next;
    this.payload = output;
    this.entrance = undefined;
    this.branches = undefined;
  }
}
