/**
 * A small model of a MariaDB server, as far as failover goes.
 *
 * - It has executed and received transactions of one domain; its positions are MariaDB's texts.
 * - A commit on a writable server reaches every replica whose receiver runs and can hear it, at once. With semi-sync on
 *   it is acknowledged when one of them has it; with none it never is, though it is executed.
 * - A replica applies at once what it receives, unless its applier is stopped; `applyMs` is what a backlog takes.
 * - While it can hear its source, heartbeats arrive, one each period.
 * - What a call changes it writes down in `effects`; a call that finds the work done writes nothing.
 *
 * @module
 */
import type { NodeConfig } from '../../lib/core/config.ts';
import { DatabaseError } from '../../lib/core/errors.ts';
import type { ReplicaStatus, ServerObservation } from '../../lib/core/observation.ts';
import { HEARTBEAT_PERIOD_MS } from '../../lib/core/veto.ts';
import type { Demotion } from '../../lib/ports/database.ts';

interface Gtid {
  readonly serverId: string;
  readonly sequence: number;
}
const textOf = (gtid: Gtid) => `0-${gtid.serverId}-${gtid.sequence}`;

export class FakeServer {
  readonly node: NodeConfig;
  readonly identity: string;
  /** `down`: no process, but a host. `off`: no host. `hung`: accepts, and never answers. */
  condition: 'up' | 'hung' | 'down' | 'off' = 'up';
  /** It answers, and every commit waits. */
  diskStalls = false;
  readOnly = true;
  /** What its option file says, as far as it shows; SQL can't change it. */
  bootsReadOnly: boolean | 'unknown' = true;
  epoch = 1;
  /** The newest beats that it has applied, and received. */
  beatAtMs: number | null = null;
  receivedBeatAtMs: number | null = null;
  /** Sessions of applications that could write. */
  writers = 0;
  semiSync = false;
  executed: Gtid = { serverId: '1', sequence: 100 };
  received: Gtid = this.executed;
  source: FakeServer | null = null;
  receiverRuns = true;
  applierRuns = true;
  applyMs = 0;
  readonly replicas = new Set<FakeServer>();
  readonly #effects: string[];
  readonly #now: () => number;
  #startedAtMs: number;
  #heartbeats = 0;

  constructor(node: NodeConfig, effects: string[], now: () => number) {
    this.node = node;
    this.identity = node.id.replace(/\D/g, '');
    this.#effects = effects;
    this.#now = now;
    this.#startedAtMs = now() - 86_400_000;
  }

  /** Comes up again after `down`, as its option file says; semi-sync was turned on at run time only. */
  restart(): void {
    Object.assign(this, { condition: 'up', readOnly: this.bootsReadOnly === true, semiSync: false });
    this.#startedAtMs = this.#now();
  }

  /** A replica would have what it commits. */
  get isHeard(): boolean {
    return [...this.replicas].some((replica) => replica.hearsSource);
  }

  get hearsSource(): boolean {
    return this.receiverRuns && this.condition === 'up' && this.source?.condition === 'up';
  }

  /** One transaction; whether a client would be told that it is committed. */
  commit(beatAtMs: number | null = this.beatAtMs): boolean {
    if (this.readOnly) throw new DatabaseError('read-only', `${this.node.id}: error 1290, the server is read-only`);
    this.executed = { serverId: this.identity, sequence: this.executed.sequence + 1 };
    this.received = this.executed;
    Object.assign(this, { beatAtMs, receivedBeatAtMs: beatAtMs });
    const hearers = [...this.replicas].filter((replica) => replica.hearsSource);
    for (const replica of hearers) {
      Object.assign(replica, { received: this.executed, receivedBeatAtMs: beatAtMs });
      if (replica.applierRuns && replica.applyMs === 0) {
        Object.assign(replica, { executed: this.executed, beatAtMs });
      }
    }
    return !this.semiSync || hearers.length > 0;
  }

  observe(): ServerObservation {
    return {
      identity: this.identity,
      version: '10.11.19-MariaDB',
      uptimeSeconds: Math.floor((this.#now() - this.#startedAtMs) / 1_000),
      readOnly: this.readOnly,
      executed: textOf(this.executed),
      replica: this.status(),
      semiSyncSource: {
        enabled: this.semiSync,
        timeoutMs: 4_294_967_295,
        waitPoint: 'beforeCommit',
        waitsWithoutReplicas: true,
        requiredAcks: 1,
        connectedReplicas: [...this.replicas].filter((replica) => replica.hearsSource).length,
        survivesRestart: true,
      },
      canBeSource: true,
      bootsReadOnly: this.bootsReadOnly,
      epoch: this.epoch,
      beatAtMs: this.beatAtMs,
    };
  }

  status(): ReplicaStatus | null {
    if (this.source === null) return null;
    if (this.hearsSource) this.#heartbeats = Math.floor(this.#now() / HEARTBEAT_PERIOD_MS);
    const listens = this.source.condition === 'down' ? 'connecting' : 'receiving';
    return {
      sourceHost: this.source.node.address,
      sourcePort: 3306,
      receiver: this.receiverRuns ? listens : 'stopped',
      applier: this.applierRuns ? 'applying' : 'stopped',
      received: textOf(this.received),
      heartbeats: this.#heartbeats,
      lagSeconds: this.hearsSource ? 0 : null,
      semiSync: true,
      filters: [],
      lastError: null,
    };
  }

  stopReceiving(from: string): ReplicaStatus | null {
    if (this.source?.node.address === from && this.receiverRuns) {
      this.receiverRuns = false;
      this.#effect('stopped receiving');
    }
    return this.status();
  }

  apply(): void {
    if (textOf(this.executed) === textOf(this.received)) return;
    this.executed = this.received;
    this.beatAtMs = this.receivedBeatAtMs;
    this.#effect('applied what it received');
  }

  promote(epoch: number, semiSync: boolean): ServerObservation {
    if (this.epoch > epoch) throw new DatabaseError('sql', `${this.node.id} has epoch ${this.epoch} already`);
    if (textOf(this.executed) !== textOf(this.received)) {
      throw new DatabaseError('sql', `${this.node.id} has not applied all that it received`);
    }
    if (this.readOnly || this.epoch !== epoch) {
      this.follow(null);
      Object.assign(this, { epoch, semiSync, readOnly: false });
      this.#effect(`promoted under epoch ${epoch}`);
    }
    return this.observe();
  }

  demote(): Demotion {
    if (!this.readOnly || this.writers > 0) this.#effect('demoted');
    Object.assign(this, { readOnly: true, writers: 0 });
    const { identity, readOnly, writers: writersLeft, bootsReadOnly } = this;
    return { identity, readOnly, writersLeft, bootsReadOnly };
  }

  replicateFrom(source: FakeServer): void {
    if (this.source === source && this.receiverRuns && this.readOnly) return;
    this.apply();
    this.readOnly = true;
    this.follow(source);
    this.#effect(`replicates from ${source.node.id}`);
  }

  /** Sets up replication without a word, as it is before a test begins. */
  follow(source: FakeServer | null): void {
    this.source?.replicas.delete(this);
    this.source = source;
    this.receiverRuns = true;
    source?.replicas.add(this);
  }

  #effect(what: string): void {
    this.#effects.push(`${this.node.id} ${what}`);
  }
}
