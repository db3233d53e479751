/**
 * The lab's network: hosts, the router that stands for the VPC, and the faults that can be made on it.
 *
 * Two implementations, chosen by `openNetwork`: Linux network namespaces, where an address really moves and packets
 * really vanish, and a loopback switch for machines without them.
 *
 * @module
 */
import type { ChildProcess, SpawnOptions } from 'node:child_process';

/** Where a server on a host must listen so that others reach it at the host's own address and port. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** One machine of the lab: an address, and the processes that run on it. */
export interface Host {
  readonly name: string;
  readonly address: string;
  /** Starts a program in this host's network. It is ended with the host. */
  spawn(command: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Says where a server that others reach at `address:port` must listen. */
  listen(port: number): Promise<Listen>;
}

/** Who may open new connections to a host. An empty list lets nobody in. */
export interface IngressRule {
  /** An IPv4 address or CIDR block. */
  readonly from: string;
  readonly fromPort: number;
  readonly toPort: number;
  /** Flows that it admits are not tracked: they end when no rule admits them any more.  @default false */
  readonly untracked?: boolean;
}

/** What a host is when it is added. */
export interface HostSpec {
  /** Lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Its own IPv4 address, under the network's prefix; delivered to it for good. */
  readonly address: string;
  /**
   * Addresses that the guest is configured to answer for if they are ever assigned to it. As on AWS, assigning one is
   * not enough: a guest that does not know an address drops its packets. A host also reaches such an address in itself,
   * whoever holds it.
   */
  readonly guestAddresses?: readonly string[];
  /**
   * Called when the host is powered off, once its processes were told to end: what holds them back, such as a volume that
   * stalls, must let go of them, or they would not.
   */
  readonly onPowerOff?: () => Promise<void>;
}

/** A fault that this kind of network can't make. The message says which kind can. */
export class UnsupportedByNetwork extends Error {
  override readonly name = 'UnsupportedByNetwork';
}

export interface LabNetwork {
  readonly kind: 'namespaces' | 'loopback';
  /** First two numbers of every address of this network: `10.42`, or `127.42` and up. */
  readonly prefix: string;
  /** The address at which processes on every host reach servers of the lab's main process (the cloud's endpoint, DNS). */
  readonly serviceAddress: string;
  addHost(spec: HostSpec): Promise<Host>;

  /** Delivers packets for `address` to `host` from now on; what was open to the old holder is not told. Idempotent. */
  assignAddress(address: string, host: string): Promise<void>;
  /** Forgets where `address` is: packets to it vanish. Idempotent. */
  unassignAddress(address: string): Promise<void>;
  /**
   * Replaces who may open new connections to a host; `null` admits everybody. Established connections go on, as they
   * do when a security group changes on AWS, but for those that an untracked rule admitted.
   */
  setIngress(host: string, rules: readonly IngressRule[] | null): Promise<void>;

  /**
   * Drops every packet between two hosts, both ways, without a word to either; `cloud` stands for the lab's main
   * process behind `serviceAddress`. Idempotent.
   *
   * @throws UnsupportedByNetwork where the two ends of a packet can't be told apart
   */
  cut(a: string, b: string): Promise<void>;
  /** Undoes `cut`; what was not cut stays as it is. */
  heal(a: string, b: string): Promise<void>;
  /**
   * Parts the network: these hosts and all others, also those that are added later, don't hear each other. `cloud` is
   * heard by both. Replaces the partition before; null ends it.
   *
   * @throws UnsupportedByNetwork as `cut`
   */
  partition(inside: readonly string[] | null): Promise<void>;
  /**
   * Loses so many of each hundred packets on a host's wire, at random, in each direction; 0 ends it.
   *
   * @throws UnsupportedByNetwork where there are no packets
   */
  setLoss(host: string, percent: number): Promise<void>;
  /** Drops every packet from and to a host, and freezes its processes: nothing that it had open is closed. */
  powerLoss(host: string): Promise<void>;
  /** Ends every process on a host and drops its packets: a stopped instance. Works on a host without power too. */
  powerOff(host: string): Promise<void>;
  /** Gives a host its wire back, with nothing running on it. */
  powerOn(host: string): Promise<void>;

  /** Ends every process and removes everything that this network made. Idempotent. */
  close(): Promise<void>;
}
