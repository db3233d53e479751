/**
 * What a rehearsal asks of AWS and of servers. Nothing here changes anything: whoever holds only these can't. Every call
 * has a timeout and a bounded retry, and rejects with `CloudError`, or `DatabaseError` where it is a server's.
 *
 * @module
 */
import type { AccountSight } from '../core/readiness/account-sight.ts';
import type { DryRun, GroupFacts, InterfaceFacts, RecordFacts } from '../core/readiness/network-facts.ts';
import type { RehearsalResult } from '../core/readiness/result.ts';
import type { DatabaseTarget } from './database.ts';

/** What stops an old primary, asked whether it would. */
export interface FenceRehearsal {
  /** Name of its state, such as `running`. */
  instanceState(instanceId: string): Promise<string>;
  interfacesOf(instanceId: string): Promise<readonly InterfaceFacts[]>;
  /** Whether the attribute `disableApiStop` is on: `DryRun` does not look at it. */
  isStopProtected(instanceId: string): Promise<boolean>;
  /** A forced stop without waiting for the guest, with `DryRun`. */
  wouldStop(instanceId: string): Promise<DryRun>;
  /** Replacing every group of an interface, with `DryRun`. */
  wouldSetGroups(networkInterfaceId: string, groups: readonly string[]): Promise<DryRun>;
  group(groupId: string): Promise<GroupFacts>;
}

/** What leads clients to a new primary, and tells people. */
export interface RouteRehearsal {
  interface(networkInterfaceId: string): Promise<InterfaceFacts>;
  /** IPv4 block of a subnet. */
  subnetBlock(subnetId: string): Promise<string>;
  /** How many IPv4 addresses an interface of this instance may have, by its type. */
  mostAddresses(instanceId: string): Promise<number>;
  /** The A record of that name; null when there is none. */
  record(hostedZoneId: string, recordName: string): Promise<RecordFacts | null>;
  /** Resolves when the topic can be seen. */
  topic(): Promise<void>;
  /** Resolves when executions of the workflow could be seen. */
  executions(): Promise<void>;
}

/** Looks at a server with one account, over a connection of its own. */
export interface Inspector {
  inspect(target: DatabaseTarget): Promise<AccountSight>;
}

/** The latest result of each cluster. */
export interface Rehearsals {
  read(cluster: string): Promise<RehearsalResult | null>;
  write(result: RehearsalResult): Promise<void>;
}
