/**
 * What differs between the engines. Procedures that must run in one safe order (promote, demote, replicate) are
 * written once over it, so that an order can't be right for one engine only.
 *
 * @module
 */
import type { ReplicaStatus, ServerObservation } from '../../core/observation.ts';
import type { ReplicationSource } from '../../ports/database.ts';
import type { Connection } from './connection.ts';

/** Names of the variables that rule semi-sync; they depend on the engine and on which plugin is loaded. */
export interface SemiSyncVariables {
  readonly sourceEnabled: string;
  /** What must hold for a commit to wait as long as it takes, before anybody sees it, also without replicas. */
  readonly sourceSettings: Readonly<Record<string, string>>;
  readonly replicaEnabled: string;
}

export interface Dialect {
  observe(connection: Connection): Promise<ServerObservation>;
  /** The replica side alone; null when the server replicates from nobody. */
  replicaStatus(connection: Connection): Promise<ReplicaStatus | null>;
  identity(connection: Connection): Promise<string>;
  /** Null when the server has no semi-sync: the plugin is not loaded. */
  semiSyncVariables(connection: Connection): Promise<SemiSyncVariables | null>;

  /** Waits until all of `received` is applied; false when `withinMs` was not enough. 0 asks without waiting. */
  waitApplied(connection: Connection, received: string, withinMs: number): Promise<boolean>;

  /**
   * Whether a stopped applier, started while the receiver is stopped too, goes on with the relay log. MariaDB throws the
   * relay log away then, to fetch it again: what only this replica has received, and acknowledged, is gone.
   */
  readonly applierKeepsRelayLog: boolean;

  /** Makes the server read-only for everybody but those who may bypass it. Waits for commits that are under way. */
  readonly closeForWrites: string;
  /** Whether `closeForWrites` holds. */
  isClosed(connection: Connection): Promise<boolean>;
  /** Lets the operator, but no ordinary account, write. */
  readonly openForOperator: readonly string[];
  readonly openForWrites: string;
  /** Makes the server boot read-only without touching the running one; null where only the option file can. */
  readonly bootReadOnly: string | null;

  /**
   * Whether a session that is killed while it waits for an acknowledgement stops waiting. Where it does not, waiting
   * commits end only when semi-sync is turned off.
   */
  readonly killEndsSemiSyncWait: boolean;
  /** Users whose sessions can write although the server is closed for writes. */
  usersThatBypass(connection: Connection): Promise<ReadonlySet<string>>;

  /** Points the stopped replica at `source`, following by GTID. `wasSource`: it replicated from nobody until now. */
  follow(connection: Connection, source: ReplicationSource, wasSource: boolean): Promise<void>;
}
