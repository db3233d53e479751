/**
 * A database server as it really is, whatever anybody believes of it.
 *
 * - A commit on a writable server is received at once by each replica that hears it, and applied unless its applier is
 *   slow or stopped. With semi-sync a client is told when such a replica has it; until then the commit waits, and
 *   others don't see it. It goes on waiting until a replica hears the server, or the session or the process ends.
 * - A replica that has what its source lacks stops with an error.
 * - A restarted server keeps what it executed, and throws away what it had only received, as MariaDB does. It has its
 *   boot settings, and receives again if told so.
 * - A hung server takes statements and carries them out when it goes on.
 *
 * @module
 */
import type { Engine, NodeConfig } from '../../../lib/core/config.ts';
import type { ReplicaStatus, SemiSyncSource, ServerObservation } from '../../../lib/core/observation.ts';
import { uuidOf, type Transaction } from './transaction.ts';

export interface BootSettings {
  readonly engine: Engine;
  readonly bootsReadOnly: boolean;
  readonly survivesRestart: boolean;
}

/** What a server knows of a session of the steps. */
export interface OperatorSession {
  readonly sessionId: number;
  readonly isKnownToServer: boolean;
  kill(): void;
}

export class Server {
  readonly node: NodeConfig;
  readonly number: string;
  /** As it names itself. */
  readonly identity: string;
  readonly boot: BootSettings;
  process: 'up' | 'hung' | 'down' = 'up';
  /** Instance running, or on its way to a stop. */
  powered = true;
  /** Grows with each restart: connections of before are cut. */
  generation = 0;
  startedAtMs = -86_400_000;
  /** No commit of a client ends. */
  diskStalls = false;
  readOnly = true;
  semiSync = false;
  semiSyncReplica: boolean;
  source: Server | null = null;
  receiverRuns = true;
  applierRuns = true;
  applyMs = 0;
  /** The source lacks what it has, so its receiver has stopped. */
  broken = false;
  executed: Transaction;
  received: Transaction;
  /** Commits whose clients still wait. */
  waiting: Transaction[] = [];
  /** Statements that a hung server was sent. */
  queued: (() => void)[] = [];
  /** Every session that the steps ever had. */
  readonly sessions: OperatorSession[] = [];
  /** Cut off from this server. */
  readonly cutFrom = new Set<string>();

  constructor(node: NodeConfig, boot: BootSettings, first: Transaction, semiSync: boolean) {
    this.node = node;
    this.boot = boot;
    this.number = node.id.slice('db-'.length);
    this.identity = boot.engine === 'mariadb' ? this.number : uuidOf(this.number);
    this.executed = first;
    this.received = first;
    this.semiSyncReplica = semiSync;
  }

  get answers(): boolean {
    return this.powered && this.process === 'up';
  }

  hears(source: Server): boolean {
    return (
      this.source === source &&
      this.receiverRuns &&
      !this.broken &&
      this.answers &&
      source.answers &&
      !this.cutFrom.has(source.node.id)
    );
  }

  observe(replicas: number, nowMs: number): ServerObservation {
    const { engine, bootsReadOnly, survivesRestart } = this.boot;
    return {
      identity: this.identity,
      version: engine === 'mariadb' ? '10.11.19-MariaDB' : '9.7.4',
      uptimeSeconds: Math.floor((nowMs - this.startedAtMs) / 1_000),
      readOnly: this.readOnly,
      executed: this.executed.text(engine),
      replica: this.status(),
      semiSyncSource: { ...SOURCE, enabled: this.semiSync, connectedReplicas: replicas, survivesRestart },
      canBeSource: true,
      bootsReadOnly: bootsReadOnly || 'unknown',
      epoch: this.executed.newest.epoch,
      beatAtMs: null,
    };
  }

  status(): ReplicaStatus | null {
    const { source } = this;
    if (source === null) return null;
    const { engine } = this.boot;
    return {
      sourceHost: source.node.address,
      sourcePort: 3306,
      receiver: !this.receiverRuns || this.broken ? 'stopped' : this.hears(source) ? 'receiving' : 'connecting',
      applier: this.applierRuns ? 'applying' : 'stopped',
      received: this.received.text(engine),
      heartbeats: 0,
      lagSeconds: this.executed === this.received ? 0 : Math.ceil(this.applyMs / 1_000),
      semiSync: this.semiSyncReplica,
      filters: [],
      lastError: this.broken ? 'error 1236' : null,
    };
  }

  applyWhatIsReceived(): void {
    if (this.applierRuns) this.executed = this.received;
  }
}

const SOURCE: SemiSyncSource = {
  enabled: false,
  timeoutMs: Number.MAX_SAFE_INTEGER,
  waitPoint: 'beforeCommit',
  waitsWithoutReplicas: true,
  requiredAcks: 1,
  connectedReplicas: 0,
  survivesRestart: true,
};
