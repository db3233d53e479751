/**
 * What is known of a cluster at one moment, as somebody sees it: a monitor, a step, or an operator's command. Whatever
 * was not looked at is null, and whatever could not be seen is a value: nothing here is an exception.
 *
 * @module
 */
import type { ClusterConfig, MonitorConfig } from '../config.ts';
import type { Failure, NodeObservation, Vote } from '../observation.ts';
import type { ClusterState } from '../state.ts';
import type { Standing } from '../verdict.ts';

export interface ClusterView {
  readonly cluster: ClusterConfig;
  /** Those that the looker has in its configuration. */
  readonly monitors: readonly MonitorConfig[];
  /** The monitor that looks; null when it is nobody of them. */
  readonly self: string | null;
  /** The record; null when there is none, or when it could not be read. */
  readonly record: ClusterState | null;
  /** Whether the execution that holds the lock still runs; null when nobody asked. */
  readonly holderRuns: boolean | null;
  /** As they stand in the table, of whatever age; null when they were not read. */
  readonly votes: readonly Vote[] | null;
  /** What the looker makes of its own probes of the primary; null when it does not probe. */
  readonly standing: Standing | null;
  /** How its latest write to the primary went; null when it tried none. */
  readonly write: 'ok' | Failure | null;
  /** What it saw of the nodes, in any order and of any age; a node may be missing. Null when it looked at none. */
  readonly observations: readonly NodeObservation[] | null;
  /** The identity of the server that was first seen at each node; a node where none was is missing. */
  readonly identities: Readonly<Record<string, string>>;
  /** EC2's state code of each node's instance; missing where it can't be told. Null when nobody asked. */
  readonly instances: Readonly<Record<string, number>> | null;
  readonly route: RouteView | null;
  /** The looker's clock, in epoch milliseconds. */
  readonly nowMs: number;
}

/** Where applications are led to, as it was read from AWS. Null in a view: nobody looked. */
export interface RouteView {
  /** The node whose interface has the VIP; null when nobody has it. */
  readonly addressAt: string | null;
  /** What the DNS record holds; null when there is no such record. */
  readonly recordHolds: string | null;
}
