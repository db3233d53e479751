/**
 * What holds at an instant of a script: who reaches whom, which host runs, which disk writes.
 *
 * @module
 */
import type { MonitorId, NodeId, Noise, Script, Site, Zone } from './script.ts';
import { MONITORS, NODES, PRIMARY, STEPS } from './script.ts';

export interface Interval {
  readonly fromMs: number;
  /** Without this instant. */
  readonly toMs: number;
}

export class Conditions {
  readonly script: Script;
  readonly #zones: ReadonlyMap<Site, Zone>;
  readonly #partitions: readonly (Interval & { readonly zone: Zone })[];
  readonly #losses: readonly (Interval & { readonly part: number; readonly zone?: Zone; readonly host?: Site })[];
  readonly #blind: readonly (Interval & { readonly monitor: MonitorId; readonly table: boolean })[];
  readonly #frozen: readonly (Interval & { readonly host: Site })[];
  readonly #outages: readonly (Interval & { readonly node: NodeId })[];
  readonly #loads: readonly (Interval & { readonly node: NodeId; readonly meanMs: number })[];
  readonly #stalls: readonly Interval[];
  /** Hosts without power, and since when. */
  readonly #off: ReadonlyMap<Site, number>;

  constructor(script: Script) {
    this.script = script;
    const { noise, death, zones, stepsZone } = script;
    this.#zones = new Map<Site, Zone>([
      ...MONITORS.map((id) => [id, id] as const),
      ...NODES.map((id, index) => [id, zones[index] ?? zones[0]] as const),
      [STEPS, stepsZone],
    ]);
    const all = noise.map((each) => ({ ...each, toMs: each.fromMs + each.forMs }));
    const these = <K extends Noise['kind']>(kind: K) =>
      all.filter((each): each is Extract<Noise, { kind: K }> & Interval => each.kind === kind);
    const forGood = (kind: string) => (death?.kind === kind ? [{ fromMs: death.atMs, toMs: Infinity }] : []);
    this.#partitions = these('partition');
    this.#losses = [...these('loss'), ...these('zone-loss')];
    this.#blind = these('blind');
    this.#frozen = [...these('pause'), ...forGood('hang').map((each) => ({ ...each, host: PRIMARY }))];
    this.#outages = [...these('restart'), ...forGood('crash').map((each) => ({ ...each, node: PRIMARY }))];
    this.#loads = these('load');
    this.#stalls = [...these('disk-stall'), ...forGood('stall')];
    const lost: readonly Site[] =
      death?.kind === 'power'
        ? [PRIMARY]
        : death?.kind === 'zone'
          ? [...this.#zones]
              .filter(([site, zone]) => site !== STEPS && zone === this.zoneOf(PRIMARY))
              .map(([site]) => site)
          : [];
    this.#off = new Map(lost.map((site) => [site, death?.atMs ?? 0]));
  }

  zoneOf(site: Site): Zone {
    return this.#zones.get(site) ?? 'a';
  }

  isOff(site: Site, atMs: number): boolean {
    return atMs >= (this.#off.get(site) ?? Infinity);
  }

  /** Whether nothing gets from one to the other, nor back. */
  isCut(from: Site, to: Site, atMs: number): boolean {
    if (this.isOff(from, atMs) || this.isOff(to, atMs)) return true;
    if (this.#blind.some((each) => (each.monitor === from || each.monitor === to) && holds(each, atMs))) return true;
    const [here, there] = [this.zoneOf(from), this.zoneOf(to)];
    return (
      here !== there &&
      this.#partitions.some(({ zone, ...when }) => (zone === here || zone === there) && holds(when, atMs))
    );
  }

  /** Which part of the packets between two is lost: the most of what is lost anywhere on the way, not the sum of it. */
  lossBetween(from: Site, to: Site, atMs: number): number {
    let lost = 0;
    const [here, there] = [this.zoneOf(from), this.zoneOf(to)];
    for (const { zone, host, part, ...when } of this.#losses) {
      if (!holds(when, atMs)) continue;
      const concerns =
        host === undefined ? here !== there && (zone === here || zone === there) : host === from || host === to;
      if (concerns) lost = Math.max(lost, part);
    }
    return lost;
  }

  reachesTable(monitor: Site, atMs: number): boolean {
    if (this.isOff(monitor, atMs)) return false;
    if (this.#blind.some((each) => each.monitor === monitor && each.table && holds(each, atMs))) return false;
    return !this.#partitions.some((each) => each.zone === this.zoneOf(monitor) && holds(each, atMs));
  }

  /** The first instant from `atMs` on at which a host is not frozen. */
  thaws(host: Site, atMs: number): number {
    return after(
      this.#frozen.filter((each) => each.host === host),
      atMs,
    );
  }

  /** The first instant from `atMs` on at which the primary's disk takes writes. */
  diskWrites(atMs: number): number {
    return after(this.#stalls, atMs);
  }

  hasProcess(node: NodeId, atMs: number): boolean {
    return !this.isOff(node, atMs) && !this.#outages.some((each) => each.node === node && holds(each, atMs));
  }

  /** When the process that runs at `atMs` ends, so that its host closes all connections. Infinite when it never does. */
  processEnds(node: NodeId, atMs: number): number {
    return Math.min(
      Infinity,
      ...this.#outages.filter((each) => each.node === node && each.fromMs > atMs).map((each) => each.fromMs),
    );
  }

  /** When the process that runs at `atMs` was started; null when that was before the script. */
  startedAtMs(node: NodeId, atMs: number): number | null {
    const starts = this.#outages.filter((each) => each.node === node && each.toMs <= atMs).map((each) => each.toMs);
    return starts.length === 0 ? null : Math.max(...starts);
  }

  /** The average by which a server answers late; 0 when it does not. */
  loadOf(node: NodeId, atMs: number): number {
    return Math.max(
      0,
      ...this.#loads.filter((each) => each.node === node && holds(each, atMs)).map(({ meanMs }) => meanMs),
    );
  }

  /**
   * Whether the primary does its work for somebody: it runs, is open, writes, and is reached from another zone. A pause or
   * a stall that will pass counts as being at work.
   */
  primaryServes(atMs: number): boolean {
    const { death } = this.script;
    if (death !== null && atMs >= death.atMs) return false;
    if (!this.hasProcess(PRIMARY, atMs) || this.startedAtMs(PRIMARY, atMs) !== null) return false;
    const home = this.zoneOf(PRIMARY);
    return !this.#partitions.some((each) => each.zone === home && holds(each, atMs));
  }
}

function holds({ fromMs, toMs }: Interval, atMs: number): boolean {
  return fromMs <= atMs && atMs < toMs;
}

/** Intervals may overlap. */
function after(intervals: readonly Interval[], atMs: number): number {
  let at = atMs;
  for (;;) {
    const within = intervals.find((each) => holds(each, at));
    if (within === undefined) return at;
    at = within.toMs;
  }
}
