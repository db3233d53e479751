/**
 * Knows the truth and says what broke a promise. It is told of every effect at the moment of it, reads the servers and
 * the table as they are, and never what a step believes.
 *
 * @module
 */
import type { JournalCode } from '../../lib/core/journal.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import type { Invocation } from './invocation.ts';
import type { Server } from './world/server.ts';
import type { World } from './world.ts';

/** What an invocation did to servers, network or DNS, and the events by which the journal explains each. */
const EXPLAINED_BY = {
  'stopped the receiver': ['fence-evidence', 'fence-failed', 'settled', 'repointed', 'repoint-failed'],
  demoted: ['fence-evidence', 'fence-failed'],
  isolated: ['interfaces-isolated'],
  'asked for a stop': ['stop-requested', 'fence-failed'],
  opened: ['promoted'],
  'moved the address': ['address-moved', 'route-failed'],
  'changed the record': ['record-changed'],
  repointed: ['repointed', 'repoint-failed'],
} as const satisfies Readonly<Record<string, readonly JournalCode[]>>;
export type EffectKind = keyof typeof EXPLAINED_BY;

const FENCING: readonly EffectKind[] = ['stopped the receiver', 'demoted', 'isolated', 'asked for a stop'];

export interface Effect {
  readonly kind: EffectKind;
  readonly node: string;
  readonly by: Invocation;
  readonly atMs: number;
}

export class Violation extends Error {
  override readonly name = 'Violation';
  readonly invariant: number;

  constructor(invariant: number, message: string) {
    super(`[invariant ${invariant}] ${message}`);
    this.invariant = invariant;
  }
}

export class Oracle {
  readonly effects: Effect[] = [];
  /** Who was opened, by epoch. */
  readonly #opened = new Map<number, Server>();
  /** The one who was opened last: nobody else may acknowledge. */
  #primary: Server | null = null;
  /** As it was then: a restart may take its settings away. */
  #generation = 0;
  readonly #haltedAtMs = new Map<number, number>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
    world.fleet.onAcknowledged = (server) => {
      if (this.#primary !== null && this.#primary !== server) {
        throw new Violation(1, `${server.node.id} acknowledged a write after ${this.#primary.node.id} was opened`);
      }
      const isBound = world.script.setting.semiSync === 'required' && server.generation === this.#generation;
      if (server === this.#primary && isBound && !server.semiSync) {
        throw new Violation(
          3,
          `${server.node.id} acknowledged a write that no replica has, though semi-sync is required`,
        );
      }
    };
  }

  get promotions(): ReadonlyMap<number, Server> {
    return this.#opened;
  }

  effect(kind: EffectKind, server: Server, by: Invocation): void {
    const node = server.node.id;
    this.effects.push({ kind, node, by, atMs: this.#world.timeline.nowMs });
    const { epoch } = by;
    const doing = `${by.id} (epoch ${epoch}) ${kind} ${node}`;
    if (by.epochAtStart > epoch) {
      throw new Violation(2, `${doing}, but the cluster was at epoch ${by.epochAtStart} when it began`);
    }
    const haltedAtMs = this.#haltedAtMs.get(epoch);
    // The old primary may still be fenced; nobody may be led elsewhere any more.
    if (haltedAtMs !== undefined && by.startedAtMs > haltedAtMs && !FENCING.includes(kind)) {
      throw new Violation(6, `${doing}, begun after epoch ${epoch} was halted`);
    }
    if (!this.#has(epoch, 'planned') && !this.#has(epoch, 'reopening'))
      throw new Violation(8, `${doing}, which nothing in its journal explains`);
    if (kind === 'opened') this.#checkPromotion(server, epoch, doing);
    if (kind === 'moved the address' || kind === 'changed the record') this.#checkRoute(server, epoch, doing);
    this.look();
  }

  #checkPromotion(server: Server, epoch: number, doing: string): void {
    if (!this.#has(epoch, 'fence-proven')) throw new Violation(1, `${doing} without a proof in the journal`);
    const other = this.#opened.get(epoch);
    if (other !== undefined && other !== server) {
      throw new Violation(2, `${doing}, and ${other.node.id} was opened under the same epoch`);
    }
    this.#opened.set(epoch, server);
    this.#primary = server;
    this.#generation = server.generation;
    this.#world.knownToClients.add(server.node.id);
    this.#checkLosses(server, epoch, doing);
  }

  #checkLosses(server: Server, epoch: number, doing: string): void {
    const { acknowledged } = this.#world.fleet;
    const lost = acknowledged.filter((each) => !server.executed.has(each));
    if (lost.length === 0) return;
    const held = lost.filter((each) => each.acknowledged === 'by a replica');
    if (held.length > 0)
      throw new Violation(3, `${doing}, which lacks ${held.length} transactions that a replica acknowledged`);
    const sight = this.#world.monitors.bestSight();
    const seen = sight === null ? [] : lost.filter((each) => sight.has(each));
    const settled = this.#world.journal(epoch).findLast((event) => event.code === 'settled');
    const said = settled?.code === 'settled' && settled.election.elected ? settled.election.possibleLoss : null;
    if (said !== null && seen.length > said) {
      throw new Violation(
        3,
        `${doing}, which lacks ${seen.length} acknowledged transactions that monitors had seen; ${said} were said`,
      );
    }
    if (said === null && seen.length > 0) {
      throw new Violation(3, `${doing}; the loss was said to be unknown, though monitors had seen the old primary`);
    }
  }

  #checkRoute(server: Server, epoch: number, doing: string): void {
    // A server that has its epoch and comes up writable needs nobody to open it.
    const { readOnly, source, executed, identity } = server;
    const { newest } = executed;
    const opensItself = !readOnly && source === null && newest.epoch === epoch && newest.by === identity;
    if (opensItself && !this.#opened.has(epoch)) this.#checkPromotion(server, epoch, doing);
    const promoted = this.#world
      .journal(epoch)
      .some((each) => each.code === 'promoted' && each.candidate === server.node.id);
    if (!promoted || this.#opened.get(epoch) !== server) {
      throw new Violation(4, `${doing}, which was not opened and verified under that epoch`);
    }
  }

  /** What must hold at every moment. */
  look(): void {
    const primary = this.#primary;
    if (primary === null) return;
    for (const server of this.#world.fleet.servers) {
      if (server === primary || !this.#world.isReachedByClients(server)) continue;
      if (this.#world.fleet.canAcknowledge(server)) {
        throw new Violation(1, `${server.node.id} could acknowledge writes after ${primary.node.id} was opened`);
      }
    }
  }

  recordChanged(before: ClusterState | null, after: ClusterState | null, by: Invocation): void {
    if (before === null || after === null || before === after) return;
    // The journal says so a moment before: it is true when the lock is gone.
    if (after.phase === 'halted' && before.holder !== null) {
      if (!this.#haltedAtMs.has(after.epoch)) this.#haltedAtMs.set(after.epoch, this.#world.timeline.nowMs);
    }
    const violation = () =>
      new Violation(2, `${by.id} changed the record from ${JSON.stringify(before)} to ${JSON.stringify(after)}`);
    if (after.epoch !== before.epoch && after.epoch !== before.epoch + 1) throw violation();
    if (after.epoch === before.epoch && before.holder !== by.execution) {
      // An opening ends what an execution that is over has left.
      const over = before.holder !== null && by.step === 'open' && after.phase === 'halted';
      const redriven = over && this.#world.machine.wasRedriven(before.holder);
      if (!over || (this.#world.machine.isRunning(before.holder ?? '') && !redriven)) throw violation();
    }
  }

  /** What must hold when all is over. */
  atTheEnd(): void {
    const { told, fleet } = this.#world;
    if (this.#primary !== null) {
      const held = fleet.acknowledged.filter((each) => each.acknowledged === 'by a replica');
      const lost = held.filter((each) => this.#primary?.executed.has(each) === false);
      if (lost.length > 0) throw new Violation(3, `${lost.length} acknowledged transactions are lost at the end`);
    }
    for (const effect of this.effects) {
      const codes: readonly JournalCode[] = EXPLAINED_BY[effect.kind];
      if (effect.by.end !== 'answered' || codes.some((code) => this.#has(effect.by.epoch, code))) continue;
      throw new Violation(
        8,
        `${effect.by.id} ${effect.kind} ${effect.node}; its journal has none of ${codes.join(', ')}`,
      );
    }
    for (const epoch of this.#haltedAtMs.keys()) {
      if (!told.some((each) => each.includes('halted')) && !this.#world.untellable)
        throw new Violation(6, `epoch ${epoch} was halted and nobody was told`);
    }
    for (const { name, input } of this.#world.machine.executions.values()) {
      const isSwitchover =
        typeof input === 'object' && input !== null && 'mode' in input && input.mode === 'switchover';
      if (isSwitchover && this.#world.state.eventsNow.some((event) => event.execution === name)) {
        throw new Violation(5, `${name} asked for a switchover, of which there is none yet, and was not refused`);
      }
    }
    const record = this.#world.state.recordNow(this.#world.cluster.id);
    if (record?.phase === 'changing' && !this.#world.excused) {
      throw new Violation(6, `the cluster is left changing by ${record.holder ?? 'nobody'}, which has ended`);
    }
  }

  #has(epoch: number, code: JournalCode): boolean {
    return this.#world.state.eventsNow.some((event) => event.code === code && event.epoch === epoch);
  }
}
