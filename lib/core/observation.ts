/**
 * What was seen: of one server, and by one monitor. Absence is a value (`reachable: false`), never an exception, so
 * that decisions can be made on it.
 *
 * @module
 */

/** Why a server gave no answer. */
export type Failure =
  /** The port refused: a host that lives without a server on that port. */
  | 'refused'
  /** A kept connection was cut. */
  | 'cut'
  /** No answer in time: a dead host, a cut network, a server that hangs over a kept connection. */
  | 'timeout'
  /**
   * The port accepted, and then nothing came. No sign of life: the kernel accepts for a process that is frozen, and a
   * server that greets nobody serves nobody.
   */
  | 'unanswered'
  /** The network said that there is no way to the host. */
  | 'unreachable'
  /** The server is alive but has no connection left: sick, not dead. */
  | 'exhausted'
  /** The account was refused: alive, wrongly configured. */
  | 'denied'
  /** Something answers there, but not under a certificate that can be believed: no statement and no password was sent. */
  | 'untrusted'
  /** Another server answers there than the configured one. */
  | 'other-server'
  /** The server takes no write because it is read-only. */
  | 'read-only'
  /** The server has no room for a write: its disk is full. */
  | 'full'
  /** The server answered a statement with an error. */
  | 'sql'
  /** The name of the host resolves to no address: it says nothing of the server. */
  | 'unresolvable'
  /** The looker could not even try, as without credentials: it says nothing of the server. */
  | 'untried';

/** Failures by which a server shows that it lives. */
export const SIGNS_OF_LIFE: readonly Failure[] = [
  'exhausted',
  'denied',
  'untrusted',
  'other-server',
  'read-only',
  'full',
  'sql',
];

/** Failures that say nothing of the server, whether it lives or not. */
export const SAYING_NOTHING: readonly Failure[] = ['unresolvable', 'untried'];

/** The replica side of a server. Positions are GTID texts of the server's own engine. */
export interface ReplicaStatus {
  readonly sourceHost: string;
  readonly sourcePort: number;
  /** State of the receiver (IO) thread. `connecting`: it runs but hears nothing. */
  readonly receiver: 'receiving' | 'connecting' | 'stopped';
  readonly applier: 'applying' | 'stopped';
  /** Everything received, applied or not. */
  readonly received: string;
  /** Heartbeats received from the source since the server started. */
  readonly heartbeats: number;
  readonly lagSeconds: number | null;
  readonly semiSync: boolean;
  /** Replication filters in force, such as `Replicate_Ignore_DB: scratch`: what they leave out, the replica lacks. */
  readonly filters: readonly string[];
  readonly lastError: string | null;
}

/** Whether a replica may still receive from the source at `host`, and so acknowledge to it. */
export function receivesFrom(replica: ReplicaStatus | null, host: string): boolean {
  return replica !== null && replica.sourceHost === host && replica.receiver !== 'stopped';
}

/** The source side of semi-sync replication. */
export interface SemiSyncSource {
  readonly enabled: boolean;
  /** After this long without an acknowledgement the server would go on alone; a safe integer. */
  readonly timeoutMs: number;
  /** `beforeCommit` (AFTER_SYNC): nobody sees a row before a replica has it. */
  readonly waitPoint: 'beforeCommit' | 'afterCommit';
  readonly waitsWithoutReplicas: boolean;
  readonly requiredAcks: number;
  readonly connectedReplicas: number;
  /** The settings come from a file or are persisted: a restarted server has them too. */
  readonly survivesRestart: boolean;
}

/** A server that answered. */
export interface ServerObservation {
  /** `server_uuid` on MySQL, `server_id` on MariaDB. */
  readonly identity: string;
  readonly version: string;
  /** Whole seconds since it was started. */
  readonly uptimeSeconds: number;
  /** No account without administrative privileges can write. */
  readonly readOnly: boolean;
  /** Transactions that this server has executed. */
  readonly executed: string;
  readonly replica: ReplicaStatus | null;
  readonly semiSyncSource: SemiSyncSource;
  /** Binary log and `log_replica_updates` are on: it can be a source. */
  readonly canBeSource: boolean;
  /** Whether it is known to come up read-only after a restart. */
  readonly bootsReadOnly: boolean | 'unknown';
  /** The newest epoch written in `failover.epoch`; 0 when there is none. */
  readonly epoch: number;
  /**
   * When the newest beat that it has in `failover.heartbeat` was written, by the clock of the monitor that wrote it, in
   * epoch milliseconds; null when it has none. On a replica: how far it is, in time (lib/core/lag.ts).
   */
  readonly beatAtMs: number | null;
}

/** One look at one node. `atMs` is the looker's clock, in epoch milliseconds. */
export type NodeObservation =
  | { readonly nodeId: string; readonly atMs: number; readonly reachable: true; readonly server: ServerObservation }
  | {
      readonly nodeId: string;
      readonly atMs: number;
      readonly reachable: false;
      readonly failure: Failure;
      readonly detail: string;
    };

/**
 * What a monitor says of the primary. `blind`: it sees nobody, so it can't tell. `stalled`: it answers, and has taken no
 * write for too long. `restarted`: its server was started again since it was last seen to do its work, and does not yet.
 */
export type Verdict = 'alive' | 'suspect' | 'dead' | 'blind' | 'stalled' | 'restarted';

/** Verdicts that call for a change when a majority has them. */
export const CALLS_FOR_CHANGE: readonly Verdict[] = ['dead', 'stalled', 'restarted'];

/** What a monitor knows of a replica as a witness. */
export interface Witness {
  readonly nodeId: string;
  readonly reachable: boolean;
  readonly receiver: ReplicaStatus['receiver'] | null;
  /** Milliseconds since this replica was last seen to receive anything new; null when never seen. */
  readonly silentMs: number | null;
  /** How far it had received by then, and its count of heartbeats. */
  readonly received: string | null;
  readonly heartbeats: number | null;
}

/** A server that was seen to do a primary's work: it takes writes, bound by semi-sync where that is required. */
export interface AtWork {
  readonly identity: string;
  /** When it was started, as far as whole seconds of uptime tell, in epoch milliseconds by the looker's clock. */
  readonly startedAtMs: number;
}

/** A monitor's latest word on a cluster, as it stands in the table. */
export interface Vote {
  readonly cluster: string;
  readonly monitor: string;
  readonly availabilityZone: string;
  readonly epoch: number;
  readonly primary: string;
  /** The invocation of the monitor that wrote it. */
  readonly term: string;
  /** When it was written, and so when what it says was seen. */
  readonly atMs: number;
  /**
   * When it was last known to be the monitor's word: when it was written, or when a pulse of its term confirmed it since
   * (lib/core/pulse.ts). The store says so when it is read.
   */
  readonly standsAtMs: number;
  readonly verdict: Verdict;
  /** Consecutive failed probes of the primary. */
  readonly failures: number;
  /** Why the last probe failed. */
  readonly failure: Failure | null;
  /** When the primary was first missed, by the monitor's clock; null while it answers. */
  readonly sinceMs: number | null;
  /** Since when no write to it has succeeded although it answered, by the monitor's clock; null while they do. */
  readonly stalledSinceMs: number | null;
  /**
   * For how long every probe, on both connections, was refused, after the server itself had ended those that were kept:
   * the longest such run since it last answered, in milliseconds; null without one (lib/core/refusal.ts).
   */
  readonly refusedForMs: number | null;
  /** The primary when it was last seen to do its work; null when it never was. */
  readonly atWork: AtWork | null;
  /** When the primary last answered, and so when what follows was seen; null when it never did. By the monitor's clock. */
  readonly seenAtMs: number | null;
  /** Identity of the primary when it last answered. */
  readonly identity: string | null;
  /** Semi-sync as last seen on the living primary: what the old primary is bound by. */
  readonly semiSync: SemiSyncSource | null;
  /** Configured replicas that were then seen receiving with semi-sync: who the connected ones are. */
  readonly acknowledging: readonly string[];
  readonly bootsReadOnly: boolean | 'unknown';
  /** What the primary had executed when it last answered: the measure of a possible loss. */
  readonly executed: string | null;
  /** The newest beat that it had then, in epoch milliseconds; null when it had none: the measure of the replicas' lag. */
  readonly beatAtMs: number | null;
  readonly witnesses: readonly Witness[];
}
