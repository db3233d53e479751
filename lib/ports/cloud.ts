/**
 * What the steps ask of AWS besides the state table. Every call has a timeout and a bounded retry and rejects with
 * `CloudError`; every change may be repeated.
 *
 * @module
 */

export interface NetworkInterface {
  readonly id: string;
  readonly subnetId: string;
  readonly addresses: readonly string[];
  readonly groups: readonly string[];
}

export interface Instance {
  readonly id: string;
  /** As EC2 gives it; the low byte counts. */
  readonly stateCode: number;
  readonly stateName: string;
}

export interface Network {
  /** One instance by id: never two in one call, as a call that names an affected one fails whole. */
  instance(instanceId: string): Promise<Instance>;
  interfacesOf(instanceId: string): Promise<readonly NetworkInterface[]>;
  interface(networkInterfaceId: string): Promise<NetworkInterface>;
  /** Replaces every group of an interface. Undo: the groups that it had. */
  setGroups(networkInterfaceId: string, groups: readonly string[]): Promise<void>;
  /** Asks for a forced stop without waiting for the guest. No undo but a start. */
  stop(instanceId: string): Promise<void>;
  /** Takes a secondary private address from whoever has it. Takes effect some time after the answer. */
  assignAddress(networkInterfaceId: string, address: string): Promise<void>;
}

export interface Dns {
  /** Makes an A record hold one address. Does not wait until it is served everywhere. */
  point(hostedZoneId: string, recordName: string, ttlSeconds: number, address: string): Promise<void>;
}

export interface Notifier {
  publish(subject: string, message: string): Promise<void>;
}

export type ExecutionStatus = 'running' | 'ended';

export interface Executions {
  /** `already-ended`: the name was used by an execution that is over. */
  start(name: string, input: unknown): Promise<'started' | 'running' | 'already-ended'>;
  status(execution: string): Promise<ExecutionStatus>;
}

export interface Secrets {
  /** Kept for a while between calls. `fresh` asks all the same, as a rehearsal must; what comes of it is kept. */
  credentials(
    secretId: string,
    options?: { readonly fresh: boolean },
  ): Promise<{ readonly username: string; readonly password: string }>;
}

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  sleep(ms: number): Promise<void>;
}
