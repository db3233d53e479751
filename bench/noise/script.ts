/**
 * What befalls a cluster in one busy stretch of time: noise, and perhaps a death. All times are milliseconds from the
 * beginning of the stretch. Everything that will happen is known beforehand, so that an answer that is on its way can be
 * told when it will come.
 *
 * @module
 */

export const MONITORS = ['a', 'b', 'c'] as const;
export const NODES = ['db-1', 'db-2', 'db-3'] as const;
export type MonitorId = (typeof MONITORS)[number];
export type NodeId = (typeof NODES)[number];
export const PRIMARY: NodeId = 'db-1';
/** Where the functions of the workflow run. */
export const STEPS = 'steps';
/** Whoever sends or receives: a monitor, a node, the steps. */
export type Site = MonitorId | NodeId | typeof STEPS;
export type Zone = 'a' | 'b' | 'c';

interface Stretch {
  readonly fromMs: number;
  readonly forMs: number;
}

/** What the primary survives, or recovers from before it counts. */
export type Noise =
  /** Frozen, and back: a server by SIGSTOP or a busy hypervisor, a monitor by its sandbox. */
  | ({ readonly kind: 'pause'; readonly host: NodeId | MonitorId } & Stretch)
  /** Part of all packets from and to a host are lost. */
  | ({ readonly kind: 'loss'; readonly host: NodeId | MonitorId; readonly part: number } & Stretch)
  /** Part of all packets that leave or enter a zone are lost. */
  | ({ readonly kind: 'zone-loss'; readonly zone: Zone; readonly part: number } & Stretch)
  /** A server answers late: by this on average, exponentially distributed. */
  | ({ readonly kind: 'load'; readonly node: NodeId; readonly meanMs: number } & Stretch)
  /** A server is started again. The primary then comes up read-only. */
  | ({ readonly kind: 'restart'; readonly node: NodeId } & Stretch)
  /** A monitor reaches no server; and no table either, when all of its network is gone. */
  | ({ readonly kind: 'blind'; readonly monitor: MonitorId; readonly table: boolean } & Stretch)
  /** A monitor's invocation dies, and the scheduler starts the next one after a while. */
  | ({ readonly kind: 'monitor-death'; readonly monitor: MonitorId } & Stretch)
  /** A zone is cut off from the others, and from the table. */
  | ({ readonly kind: 'partition'; readonly zone: Zone } & Stretch)
  /** The primary's disk takes no write for a while. */
  | ({ readonly kind: 'disk-stall' } & Stretch);

export type NoiseKind = Noise['kind'];

export const DEATHS = ['crash', 'hang', 'power', 'zone', 'stall'] as const;
/** The process ends; it freezes for good; the host is lost; the zone with it is; it takes no write any more. */
export type DeathKind = (typeof DEATHS)[number];

export interface Death {
  readonly kind: DeathKind;
  readonly atMs: number;
}

export interface Script {
  /** Tells the rolls of this stretch apart from all others. */
  readonly seed: number;
  readonly stream: number;
  /** Zone of each node, in their order. */
  readonly zones: readonly [Zone, Zone, Zone];
  /** Where the steps run: never in a zone that is cut off or lost, as Lambda moves away from those. */
  readonly stepsZone: Zone;
  /** By how much the clock of each monitor, and of the steps, is off, in milliseconds. */
  readonly skewMs: Readonly<Record<MonitorId | typeof STEPS, number>>;
  /** When in its interval each monitor begins its rounds, in milliseconds. */
  readonly phaseMs: Readonly<Record<MonitorId, number>>;
  readonly noise: readonly Noise[];
  readonly death: Death | null;
}

/** Until when noise may have an effect, since the beginning. */
export function quietAfterMs({ noise, death }: Script): number {
  return Math.max(0, death?.atMs ?? 0, ...noise.map(({ fromMs, forMs }) => fromMs + forMs));
}
