/**
 * What a scenario of a drill is: a fault, how long it lasts, and what must follow from it.
 *
 * @module
 */
import type { ProblemCode } from '../../../lib/core/diagnosis/problems.ts';
import type { FaultRuleInput } from '../../cloud/faults/rule.ts';
import type { Undo } from '../../mysql/faults/undo.ts';
import type { LabServer } from '../../mysql/lab-server.ts';
import type { Volume, VolumeKind } from '../../mysql/volume.ts';
import type { LabNetwork } from '../../net/network.ts';
import type { Engine } from '../../packages/engine-build.ts';

/** A server, and the name of its host. */
export interface Member {
  readonly server: LabServer;
  readonly host: string;
}

/** What a fault is made on. */
export interface Stage {
  readonly network: LabNetwork;
  readonly primary: Member & { readonly volume: Volume | null };
  readonly replicas: readonly Member[];
  /** The monitors, in the order of the configuration. */
  readonly monitors: readonly { readonly zone: string; readonly hosts: readonly string[] }[];
  /** Zone of the primary. */
  readonly zone: string;
  /** Every host but the primary's own, that of the application included. */
  readonly otherHosts: readonly string[];
  /** Name of the monitors' account. */
  readonly monitorAccount: string;
  /** Null where the servers stand without a cloud. */
  readonly aws: {
    /** Stops the instance of a host as the console does; resolves when EC2 has taken it. */
    stopInstance(host: string): Promise<void>;
    /** Switches every rule of the event bus off. */
    silenceEvents(): Promise<void>;
  } | null;
}

/**
 * - `failover`: another server is the primary, and clients are led to it.
 * - `no-change`: nothing is changed, and no workflow is even started.
 * - `reopened`: the same server is made the primary again, under a new epoch; nothing is stopped and nothing moves.
 */
export type Outcome = 'failover' | 'no-change' | 'reopened';

/** How the primary looks to whoever probes it, which says how long detection takes. */
export type Symptom =
  /** It refuses at once. */
  | 'refuses'
  /** Nothing answers and nothing is refused: a probe fails only by its timeout. */
  | 'silent'
  /** It answers again at once, and is no primary any more. */
  | 'restarts'
  /** It answers, and takes no write until the deadline for one is over. */
  | 'stalls';

/** What a machine, or the cluster, must have for a scenario to be made at all. */
export type Need =
  /** Packets between hosts must vanish, which only a network of namespaces can do. */
  | 'namespaces'
  /** A file system of its own that stalls, which only root of the machine can make. */
  | 'loop-device'
  | 'semi-sync';

export interface Sickness {
  /** How long the fault must have lasted to lead to it, in milliseconds. */
  readonly afterMs: number;
  readonly because: string;
}

export interface Scenario {
  readonly sentence: string;
  readonly leadsTo: Outcome;
  /** How long the fault lasts, if nothing else is asked for, in milliseconds; null: for good. */
  readonly lastsMs: number | null;
  readonly symptom: Symptom;
  readonly needs: readonly Need[];
  /** A second application on the primary's own host goes on writing to it. */
  readonly localClient: boolean;
  /** `three`: each server stands in a zone of its own. */
  readonly zones: 'one' | 'three';
  /** The primary's data is on a volume that can be made to fail. */
  readonly volume: VolumeKind | null;
  /** What at least one monitor must have told the log of while the fault lasted. */
  readonly problems: readonly ProblemCode[];
  /** Servers that do not get well by themselves after the fault: what follows is then not looked at. */
  readonly staysSick: Partial<Record<Engine, Sickness>>;
  /** What befalls calls of AWS, from the moment of the fault on. */
  readonly awsFaults: readonly FaultRuleInput[];
  /** How clients must be led after a failover. */
  readonly route: 'vip' | 'dns';
  /** Makes the fault; the caller undoes it. */
  inject(stage: Stage): Promise<Undo>;
}

/** What is usual, so that a scenario says only what it is about. */
export const USUAL = {
  leadsTo: 'failover',
  lastsMs: null,
  symptom: 'refuses',
  needs: [],
  localClient: false,
  zones: 'one',
  volume: null,
  problems: [],
  staysSick: {},
  awsFaults: [],
  route: 'vip',
} as const satisfies Partial<Scenario>;
