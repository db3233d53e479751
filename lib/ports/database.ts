/**
 * What the steps and monitors ask of a database server, whatever its engine. One contract suite
 * (test/contract/database) runs against every implementation, on real servers.
 *
 * Every call but `beat` has a deadline, and each rejects with `DatabaseError` when it is not met, when the connection is lost, or when
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
  readonly tls: Tls;
  /**
   * What the server must say of itself (`server_uuid` on MySQL, `server_id` on MariaDB). When another answers, connecting
   * fails with `other-server` before anything is asked of it. Without it, whoever answers is taken.
   */
  readonly identity?: string | undefined;
  /** Longest wait for the connection, in milliseconds; `timeoutMs` without it. */
  readonly connectTimeoutMs?: number | undefined;
  /** Longest wait for each statement, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * How the server must prove who it is, before a password is sent. `ca`: PEM text, or `rds`. `name`: the name or address
 * that its certificate must bear, which need not be the one that is connected to: through the VIP it is the node's own.
 */
export type Tls =
  | { readonly mode: 'off' }
  | { readonly mode: 'verify-ca'; readonly ca: string }
  | { readonly mode: 'verify-identity'; readonly ca: string; readonly name: string };

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
  /** The server's number of this session. */
  readonly sessionId: number;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;
  observe(): Promise<ServerObservation>;
  /**
   * Resolves when the beat is committed, and with semi-sync acknowledged, however long that takes; rejects when the
   * connection ends. Who gives up a beat after a while leaves a session behind that waits on, one each time.
   */
  beat(heartbeat: Heartbeat): Promise<void>;
  /** Whether another session of the same account still has a statement under way, by its number. */
  isBusy(sessionId: number): Promise<boolean>;
  /** How many sessions of the same account still have a beat of this monitor under way, whoever sent it. */
  beatsUnderWay(monitor: string): Promise<number>;
  /** Ends those of these sessions of the same account that still read. One that writes or commits is left alone. */
  endReads(sessionIds: readonly number[]): Promise<void>;
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
