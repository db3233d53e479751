/** @module The nouns of the lab's VPC. Times and effects live elsewhere; these are what a Describe call would show. */

export interface Vpc {
  readonly vpcId: string;
  /** IPv4 block, such as `10.42.0.0/16`. */
  readonly cidrBlock: string;
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  /** IPv4 block, such as `10.42.1.0/24`. */
  readonly cidrBlock: string;
  readonly availabilityZone: string;
}

/** Who a rule admits: an IPv4 block, or whoever is a member of another group. */
export type RuleSource = { readonly cidr: string } | { readonly groupId: string };

export interface SecurityGroupRule {
  readonly source: RuleSource;
  /** `tcp`, or `-1` for every protocol. */
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
}

export interface SecurityGroup {
  readonly groupId: string;
  readonly groupName: string;
  readonly description: string;
  readonly vpcId: string;
  readonly ingress: SecurityGroupRule[];
  /** Kept and described; the lab's network holds nobody back from calling out. */
  readonly egress: SecurityGroupRule[];
}

export interface NetworkInterface {
  readonly networkInterfaceId: string;
  readonly subnet: Subnet;
  readonly description: string;
  /** The host of the lab's network behind it; undefined for one that exists on paper only. */
  readonly host: string | undefined;
  /** The primary address: it never leaves. */
  readonly privateIpAddress: string;
  /** Addresses that can be moved, in the order of their arrival. */
  readonly secondaryAddresses: Set<string>;
  groupIds: readonly string[];
  instanceId: string | undefined;
}

/** How many IPv4 addresses one interface of an instance may have, its own included, by type. */
export const ADDRESSES_PER_INTERFACE = {
  't3.micro': 2,
  't3.small': 4,
  't3.medium': 6,
  't4g.micro': 2,
  't4g.small': 4,
  't4g.medium': 6,
  'm7g.medium': 4,
  'm7g.large': 10,
  'm7g.xlarge': 15,
  'r7g.large': 10,
  'r7g.xlarge': 15,
} as const;
export type InstanceType = keyof typeof ADDRESSES_PER_INTERFACE;

/** The states of an instance with EC2's codes. */
export const INSTANCE_STATE_CODES = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const;
export type InstanceState = keyof typeof INSTANCE_STATE_CODES;

export interface Instance {
  readonly instanceId: string;
  readonly name: string;
  readonly instanceType: InstanceType;
  /** It keeps the first of its interfaces for good. */
  readonly networkInterface: NetworkInterface;
  readonly launchTime: Date;
  state: InstanceState;
  /** Why it is stopped or terminated, in EC2's words; empty while it runs. */
  stateReason: string;
  disableApiStop: boolean;
}

export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly value: string;
  readonly createdAt: Date;
  readonly versionId: string;
}
