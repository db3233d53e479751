/**
 * What the steps and monitors ask of a database server, whatever its engine. One contract suite
 * (test/contract/database) runs against every implementation, on real servers.
 *
 * Every call has a deadline and rejects with `DatabaseError` when it is not met, when the connection is lost, or when
 * the server refuses. Every call may be repeated: the second time it finds the work done.
 *
 * @module
 */
import type { BootsReadOnly } from '../core/boots-read-only.ts';
import type { Engine } from '../core/config.ts';
import type { ReplicaStatus, ServerObservation } from '../core/observation.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface DatabaseTarget {
  readonly nodeId: string;
  readonly engine: Engine;
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
  /** Longest wait for the connection and, separately, for each statement, in milliseconds. */
  readonly timeoutMs: number;
}

/** One beat of a monitor, written to `failover.heartbeat`. */
export interface Heartbeat {
  readonly monitor: string;
  readonly epoch: number;
  readonly sequence: number;
  /** The monitor's clock, in epoch milliseconds. */
  readonly writtenAtMs: number;
}

export interface ReplicationSource {
  readonly host: string;
  readonly port: number;
  readonly credentials: Credentials;
  readonly semiSync: boolean;
  readonly heartbeatPeriodMs: number;
  readonly netTimeoutSeconds: number;
}

/** How far a demotion got. It is a proof only when `readOnly`, no writer is left, and it stays so after a restart. */
export interface Demotion {
  readonly identity: string;
  readonly readOnly: boolean;
  readonly writersLeft: number;
  /** What the server itself shows by then. */
  readonly bootsReadOnly: BootsReadOnly;
}

export interface DatabaseServer {
  readonly nodeId: string;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;
  observe(): Promise<ServerObservation>;
  /** Resolves when the beat is committed, and with semi-sync acknowledged. */
  beat(heartbeat: Heartbeat): Promise<void>;
  /**
   * Stops receiving from the source at `from` and answers what was received until then: nothing acknowledges to it after
   * that. A replica of another source is left alone, as it has been repointed by now.
   */
  stopReceiving(from: string): Promise<ReplicaStatus | null>;
  /** Waits until everything received is applied. False when `withinMs` was not enough. */
  applyReceived(withinMs: number): Promise<boolean>;
  /**
   * Makes this server the primary of `epoch`: ends its replica role for good, writes the epoch while clients still
   * can't write and nothing waits for acknowledgements, turns the semi-sync source on or off, then opens it. In this
   * order no client's write precedes the epoch, and the epoch's own write does not wait for replicas that are not
   * there yet.
   *
   * Where SQL can, the server is also made to boot read-only, so that a restart never opens it by itself; that this is
   * not possible fails nothing.
   *
   * Refuses (`DatabaseError` `sql`) when received transactions are not yet applied or a newer epoch is written.
   */
  promote(options: { readonly epoch: number; readonly semiSync: boolean }): Promise<ServerObservation>;
  /**
   * Makes the server read-only and ends every session that could still write. No waiting commit is acknowledged by it.
   * Where SQL can, it will boot read-only from then on.
   */
  demote(): Promise<Demotion>;
  /**
   * Makes the server, read-only, a replica of `source`. What it had received is applied first. Where SQL can, it will
   * boot read-only from then on.
   */
  replicateFrom(source: ReplicationSource): Promise<void>;
  /**
   * Makes the server come up read-only at every start to come, where SQL can, and changes nothing of the running one.
   * Answers what is known by then. MySQL persists it; MariaDB has no such thing: there it answers what the option file
   * says, as far as the server still shows it. `denied` when the account may not.
   */
  makeBootReadOnly(): Promise<BootsReadOnly>;
  close(): Promise<void>;
}

export interface Databases {
  /** Connects, or rejects with `DatabaseError` within `target.timeoutMs`. */
  connect(target: DatabaseTarget): Promise<DatabaseServer>;
}
