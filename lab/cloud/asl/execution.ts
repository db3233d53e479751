/**
 * @module What all states of one execution share.
 */
import type { Region } from './definition.ts';
import type { Json, JsonObject } from './json.ts';
import type { InterpreterPorts } from './ports.ts';
import type { Thread } from './thread.ts';

export interface Execution {
  readonly ports: InterpreterPorts;
  /** The execution's part of `$states.context`. */
  readonly context: JsonObject;
  /** The region of the execution's ARN. */
  readonly awsRegion: string;
  /** Runs the states of a region from the thread's checkpoint to its end, for the states that contain others. */
  readonly runRegion: (region: Region, thread: Thread, execution: Execution) => Promise<Json>;
}
