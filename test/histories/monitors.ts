/**
 * The monitors of a history, without their loops: what they would have written by now, from what they could see. A
 * monitor that lies says the primary is dead, and that no replica hears it, whatever it sees.
 *
 * @module
 */
import type { MonitorConfig } from '../../lib/core/config.ts';
import { NEVER_SEEN, seenAgain, type LastSeen } from '../../lib/core/last-seen.ts';
import type { Vote, Witness } from '../../lib/core/observation.ts';
import { judgeRestart, NEVER_AT_WORK } from '../../lib/core/restart.ts';
import type { Transaction } from './world/transaction.ts';
import type { World } from './world.ts';

/** As long as three probes take to fail. */
const DEAD_AFTER_MS = 2_000;
/** As the deadline for a write; short, so that a history has time for it. */
const STALLED_AFTER_MS = 2_000;
/** A vote is repeated each second while the primary is missed. */
const VOTE_AGE_MS = 300;

interface Sight {
  readonly primary: string;
  readonly atMs: number;
  readonly executed: Transaction;
  readonly seen: LastSeen;
}

class Monitor {
  readonly config: MonitorConfig;
  lies = false;
  silentSinceMs: number | null = null;
  sight: Sight | null = null;
  restart = NEVER_AT_WORK;
  /** Since when no write to the primary, which answers, could succeed. */
  stalledSinceMs: number | null = null;
  missedSinceMs: number | null = null;
  /** Since when the primary, which it saw until then, refuses it. */
  refusedSinceMs: number | null = null;

  constructor(config: MonitorConfig) {
    this.config = config;
  }
}

export class Monitors {
  readonly #monitors: readonly Monitor[];
  readonly #world: World;
  #lastVotes: readonly Vote[] = [];
  /** When each replica last heard the primary. */
  readonly #heardAtMs = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
    this.#monitors = world.config.monitors.map((config) => new Monitor(config));
  }

  monitor(id: string): Monitor {
    const monitor = this.#monitors.find((each) => each.config.id === id);
    if (monitor === undefined) throw new Error(`there is no monitor ${id}`);
    return monitor;
  }

  /** The furthest that any of them has seen the old primary come; null when none has. */
  bestSight(): Transaction | null {
    const seen = this.#monitors.flatMap(({ sight }) => (sight === null ? [] : [sight.executed]));
    return seen.toSorted((a, b) => b.sequence - a.sequence)[0] ?? null;
  }

  /** What they see now is what they have seen. Asked before anything that may end it. */
  look(): void {
    const { fleet, timeline } = this.#world;
    const primary = fleet.server(this.#world.recordedPrimary);
    const observation = primary.answers ? primary.observe(fleet.hearersOf(primary).length, timeline.nowMs) : null;
    for (const replica of fleet.hearersOf(primary)) this.#heardAtMs.set(replica.node.id, timeline.nowMs);
    const isRefused = primary.powered && primary.process === 'down' && this.#reaches(primary.node.id);
    for (const monitor of this.#monitors) {
      if (monitor.sight !== null && monitor.sight.primary !== primary.node.id) {
        monitor.sight = null;
        monitor.restart = NEVER_AT_WORK;
        monitor.missedSinceMs = null;
        monitor.refusedSinceMs = null;
      }
      // Who had missed it before gave its connections up by itself.
      if (!isRefused) monitor.refusedSinceMs = null;
      else if (monitor.missedSinceMs === null && monitor.sight !== null) monitor.refusedSinceMs ??= timeline.nowMs;
      if (monitor.lies || monitor.silentSinceMs !== null) continue;
      const { nowMs } = timeline;
      if (observation === null || !this.#reaches(primary.node.id)) {
        monitor.missedSinceMs ??= nowMs;
        monitor.stalledSinceMs = null;
        continue;
      }
      monitor.missedSinceMs = null;
      const hangs = !observation.readOnly && !fleet.canAcknowledge(primary);
      monitor.stalledSinceMs = hangs ? (monitor.stalledSinceMs ?? nowMs) : null;
      const sight = { atMs: nowMs, server: observation };
      monitor.restart = judgeRestart(monitor.restart, sight, this.#world.cluster);
      const acknowledging = fleet
        .hearersOf(primary)
        .filter((each) => each.semiSyncReplica)
        .map((each) => each.node.id);
      monitor.sight = {
        primary: primary.node.id,
        atMs: nowMs,
        executed: primary.executed,
        seen: seenAgain(monitor.sight?.seen ?? NEVER_SEEN, sight, acknowledging),
      };
    }
  }

  votes(): readonly Vote[] {
    this.look();
    const fresh = this.#monitors.map((monitor) =>
      monitor.silentSinceMs === null
        ? this.#vote(monitor)
        : this.#lastVotes.find((vote) => vote.monitor === monitor.config.id),
    );
    this.#lastVotes = fresh.filter((vote) => vote !== undefined);
    return this.#lastVotes;
  }

  #reaches(nodeId: string): boolean {
    return !this.#world.isCut('monitors', nodeId) && !this.#world.cloud.isolated.has(nodeId);
  }

  #vote({ config, lies, sight, restart, missedSinceMs, stalledSinceMs, refusedSinceMs }: Monitor): Vote {
    const { cluster, timeline, recordedPrimary, recordedEpoch } = this.#world;
    const { nowMs } = timeline;
    const isDead = lies || (missedSinceMs !== null && nowMs - missedSinceMs >= DEAD_AFTER_MS);
    const isStalled = stalledSinceMs !== null && nowMs - stalledSinceMs >= STALLED_AFTER_MS;
    const ofOneSeen = restart.restarted ? 'restarted' : isStalled ? 'stalled' : 'alive';
    return {
      cluster: cluster.id,
      monitor: config.id,
      availabilityZone: config.availabilityZone,
      epoch: recordedEpoch,
      primary: recordedPrimary,
      term: `${config.id}-1`,
      atMs: nowMs - VOTE_AGE_MS,
      standsAtMs: nowMs - VOTE_AGE_MS,
      verdict: isDead ? 'dead' : missedSinceMs === null ? ofOneSeen : 'suspect',
      failures: isDead ? cluster.detection.failures : 0,
      failure: isDead ? (refusedSinceMs === null ? 'timeout' : 'refused') : null,
      sinceMs: lies ? nowMs - DEAD_AFTER_MS : missedSinceMs,
      stalledSinceMs,
      refusedForMs: refusedSinceMs === null ? null : Math.max(0, nowMs - VOTE_AGE_MS - refusedSinceMs),
      atWork: restart.atWork,
      ...(sight?.seen ?? NEVER_SEEN),
      witnesses: this.#witnesses(lies),
    };
  }

  #witnesses(lies: boolean): readonly Witness[] {
    const { fleet, recordedPrimary, timeline } = this.#world;
    const silentMs = (nodeId: string) => Math.min(60_000, timeline.nowMs - (this.#heardAtMs.get(nodeId) ?? -60_000));
    return fleet.servers
      .filter((server) => server.node.id !== recordedPrimary)
      .map((server) => {
        const status = server.answers && this.#reaches(server.node.id) ? server.status() : null;
        return {
          nodeId: server.node.id,
          reachable: status !== null,
          receiver: status?.receiver ?? null,
          silentMs: status === null ? null : lies ? 60_000 : silentMs(server.node.id),
          received: status?.received ?? null,
          heartbeats: status?.heartbeats ?? null,
        };
      });
  }
}
