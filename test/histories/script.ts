/**
 * A history before it happens: the setting, what befalls the world and when, and what goes wrong with single calls. What
 * a script does not name goes well and takes a millisecond each way, so a script says all, can be run again, and can be
 * made smaller by leaving things out.
 *
 * @module
 */
import { inspect } from 'node:util';
import type { Engine } from '../../lib/core/config.ts';

export interface Script {
  readonly setting: Setting;
  readonly events: readonly WorldEvent[];
  /** By call: `<execution> <step> <nth invocation>: <call> <nth>`. */
  readonly faults: Readonly<Record<string, Fault>>;
}

/** What does not change while a history goes on. `db-1` is the primary at first. */
export interface Setting {
  readonly engine: Engine;
  readonly nodes: 2 | 3 | 4;
  readonly semiSync: 'required' | 'off';
  /** Truth, and what the configuration says where it says anything: whether servers come up read-only. */
  readonly bootsReadOnly: boolean;
  /** Truth: whether a restarted server has its semi-sync settings. */
  readonly survivesRestart: boolean;
  /** Truth: whether a restarted replica receives again by itself. */
  readonly startsReceiving: boolean;
  /** How long EC2 takes to stop an instance; -1: it stays `stopping` for good. */
  readonly stopMs: number;
  /** How long an address takes to move after EC2's answer. */
  readonly remapMs: number;
  /** Marked never to be promoted. */
  readonly never?: string;
}

/** `node` is the id of one. */
export type WorldEvent = { readonly at: number } & (
  | { readonly do: 'kill' | 'hang' | 'resume' | 'power off' | 'restart'; readonly node: string }
  /** It answers, and no commit ends; or commits end again. */
  | { readonly do: 'stall disk' | 'disk goes on'; readonly node: string }
  /** Nothing gets through between two of `steps`, `monitors` and the servers, or all does again. */
  | { readonly do: 'cut' | 'mend'; readonly between: readonly [string, string] }
  | { readonly do: 'slow applier'; readonly node: string; readonly takesMs: number }
  | { readonly do: 'stop applier' | 'stop receiver' | 'start receiver'; readonly node: string }
  /** A client that still has a session there, or comes by an old address, commits. */
  | { readonly do: 'commit'; readonly node: string }
  /** From now on a monitor says what is not so, nothing at all, or again what it sees. */
  | { readonly do: 'lie' | 'fall silent' | 'speak true'; readonly monitor: string }
  /** A monitor starts a change as monitors do; another name makes it another execution. */
  | { readonly do: 'monitor starts'; readonly monitor: string; readonly name?: string }
  | {
      readonly do: 'operator starts';
      readonly name?: string;
      readonly force: boolean;
      /** Names the nominee of a broken change, if it is certain that it is not writable and won't be. */
      readonly dismisses?: boolean;
      readonly mode?: string;
    }
  /** The newest execution that runs ends at once; or the newest that was ended so goes on. */
  | { readonly do: 'abort' | 'redrive' }
  /** An operator makes a stopped server, rebuilt if need be, a replica of the primary. */
  | { readonly do: 'rejoin'; readonly node: string }
);

/** What goes wrong with one call. Times are milliseconds. */
export interface Fault {
  /** Until the request has its effect. Past the caller's patience it has it all the same. */
  readonly request?: number;
  /** From the effect to the answer; past the caller's patience the answer is lost. */
  readonly response?: number;
  /** No effect, and an error. */
  readonly fails?: true;
  /** The effect comes once more after this long, as a repeated request does. */
  readonly again?: number;
  /** The caller ends for good, before the request or right after its effect. */
  readonly dies?: 'before' | 'after';
  /** Its clock is wrong by this much. Of an invocation. */
  readonly skew?: number;
  /** Two of it run. Of an invocation. */
  readonly twice?: true;
}

/** As it can be pasted into a test. */
export function printScript(script: Script): string {
  return inspect(script, { depth: 6, breakLength: 110, maxArrayLength: null, sorted: false });
}
