/**
 * What the lab's doctor finds out about a machine; `npm run lab -- doctor --json` prints just this.
 *
 * @module
 */

/**
 * - `ready`: it is here and works.
 * - `fetchable`: it is not here; the lab gets it by itself when it needs it, or when it is told to.
 * - `missing`: the lab can't have it before somebody does something.
 */
export type PartState = 'ready' | 'fetchable' | 'missing';

/** Something that the lab, or a part of it, stands on. */
export interface Part {
  readonly name: string;
  readonly state: PartState;
  /** What was found, or why it is not here. */
  readonly found: string;
  /** What would make it better; null when nothing is to be done. */
  readonly fix: string | null;
}

export interface ScenarioSight {
  readonly name: string;
  /** What keeps a drill of it from being made here; null when nothing does. */
  readonly missing: string | null;
}

export interface MachineReport {
  readonly machine: {
    readonly system: string;
    readonly node: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly freeMemoryBytes: number;
  };
  readonly parts: readonly Part[];
  /** How hosts would be made; null: not at all. */
  readonly net: 'namespaces' | 'loopback' | null;
  readonly scenarios: readonly ScenarioSight[];
  /** Whether `npm run drill` would run, after fetching what it needs. */
  readonly canDrill: boolean;
}
