/**
 * What a replica hears of its primary: something each heartbeat period, over one TCP connection, in order. When the
 * source's process ends, the replica knows at once, if that gets through; when its host or the network is gone, only
 * after a while. Then it connects anew, each second.
 *
 * @module
 */
import { HEARTBEAT_PERIOD_MS } from '../../lib/core/veto.ts';
import type { Network } from './network.ts';
import { PRIMARY, type NodeId } from './script.ts';

/** `slave_net_timeout` and `MASTER_CONNECT_RETRY`, as the steps set them. */
const SILENT_FOR_MS = 10_000;
const RETRY_MS = 1_000;

export class ReplicaStream {
  readonly #replica: NodeId;
  readonly #network: Network;
  #nextTickMs: number;
  /** When the last segment that was sent arrives: none overtakes it. */
  #lastArrivalMs = 0;
  /** Arrivals that are still to come, in order. */
  #underWay: number[] = [];
  #heardAtMs: number;
  #heard = 0;
  /** Null while it has none. */
  #connectedSinceMs: number | null;
  #connections = 1;
  #retryAtMs = 0;

  constructor(replica: NodeId, network: Network, nowMs: number) {
    this.#replica = replica;
    this.#network = network;
    this.#nextTickMs = nowMs;
    this.#heardAtMs = nowMs;
    this.#connectedSinceMs = nowMs;
  }

  /**
   * How often it has heard anything, and over which connection it listens, or null, at an instant: never one before the
   * last one asked.
   */
  at(nowMs: number): { readonly heard: number; readonly connection: number | null } {
    for (; this.#nextTickMs <= nowMs; this.#nextTickMs += HEARTBEAT_PERIOD_MS) this.#tick(this.#nextTickMs);
    this.#arrive(nowMs);
    return { heard: this.#heard, connection: this.#connectedSinceMs === null ? null : this.#connections };
  }

  #tick(atMs: number): void {
    const { conditions } = this.#network;
    this.#arrive(atMs);
    if (!conditions.hasProcess(this.#replica, atMs)) return this.#disconnect(atMs);
    // Frozen: nothing is read, and nothing is noticed.
    if (conditions.thaws(this.#replica, atMs) > atMs) return;
    if (this.#connectedSinceMs === null) return this.#connect(atMs);
    if (this.#sourceEnded(atMs) || atMs - this.#heardAtMs >= SILENT_FOR_MS) return this.#disconnect(atMs);
    if (!conditions.hasProcess(PRIMARY, atMs) || conditions.thaws(PRIMARY, atMs) > atMs) return;
    const arrivesMs = this.#network.arrival(PRIMARY, this.#replica, atMs);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivesMs);
    this.#underWay.push(this.#lastArrivalMs);
  }

  #arrive(nowMs: number): void {
    if (this.#network.conditions.thaws(this.#replica, nowMs) > nowMs) return;
    for (let next = this.#underWay[0]; next !== undefined && next <= nowMs; next = this.#underWay[0]) {
      this.#underWay.shift();
      this.#heard += 1;
      this.#heardAtMs = Math.max(this.#heardAtMs, next);
    }
  }

  /** Whether the process it was connected to is gone, and that could be told: a host without power tells nothing. */
  #sourceEnded(atMs: number): boolean {
    const { conditions } = this.#network;
    const since = this.#connectedSinceMs ?? atMs;
    return conditions.processEnds(PRIMARY, since) <= atMs && !conditions.isCut(PRIMARY, this.#replica, atMs);
  }

  #connect(atMs: number): void {
    if (atMs < this.#retryAtMs) return;
    this.#retryAtMs = atMs + RETRY_MS;
    const { conditions } = this.#network;
    const reached = this.#network.connectArrival(this.#replica, PRIMARY, atMs) <= atMs;
    if (!reached || !conditions.hasProcess(PRIMARY, atMs) || conditions.thaws(PRIMARY, atMs) > atMs) return;
    this.#connectedSinceMs = atMs;
    this.#connections += 1;
    this.#heardAtMs = atMs;
    this.#lastArrivalMs = atMs;
  }

  #disconnect(atMs: number): void {
    if (this.#connectedSinceMs === null) return;
    this.#connectedSinceMs = null;
    this.#underWay = [];
    this.#retryAtMs = atMs + RETRY_MS;
  }
}
