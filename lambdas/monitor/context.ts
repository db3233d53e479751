/**
 * What a monitor works with.
 *
 * @module
 */
import type { Config, MonitorConfig } from '../../lib/core/config.ts';
import type { Clock, Executions, Secrets } from '../../lib/ports/cloud.ts';
import type { Databases } from '../../lib/ports/database.ts';
import type { StateStore } from '../../lib/ports/state.ts';
import type { Sight } from './cluster-meter.ts';
import type { Records } from './records.ts';

/** One round on one cluster, as it went. */
export interface Round {
  readonly cluster: string;
  /** How long after it was due it began, in milliseconds; 0 for one that the end of a connection called for. */
  readonly lateMs: number;
  readonly tookMs: number;
  /** Rounds before it that were left out, as the one before them took longer than the interval. */
  readonly skipped: number;
}

/** What every invocation of a monitor works with. */
export interface MonitorContext {
  readonly config: Config;
  readonly monitor: MonitorConfig;
  readonly state: StateStore;
  readonly databases: Databases;
  readonly secrets: Secrets;
  readonly executions: Executions;
  readonly clock: Clock;
  /** One line for whoever reads the log. */
  readonly log: (line: string) => void;
  /** Told of each round, whatever came of it. */
  readonly onRound?: (round: Round) => void;
  /** Told of what each round showed that came to an end. */
  readonly onSight?: (sight: Sight) => void;
}

/** The time for which one invocation is the monitor. */
export interface Term {
  /** Name of the invocation. */
  readonly id: string;
  /** Whether nobody else can have its seat yet, by its own clock. */
  holds(): boolean;
}

/** What one invocation watches a cluster with. */
export interface WatchContext extends MonitorContext {
  readonly term: Term;
  readonly records: Records;
}
