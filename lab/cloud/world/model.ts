/** @module The nouns of the lab's VPC. Times and effects live elsewhere; these are what a Describe call would show. */

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
  /** The host of the lab's network behind it. */
  readonly host: string;
  /** The primary address: it never leaves. */
  readonly privateIpAddress: string;
  /** Addresses that can be moved, in the order of their arrival. */
  readonly secondaryAddresses: Set<string>;
  groupIds: readonly string[];
  readonly instanceId: string | undefined;
}

/** The states of an instance with EC2's codes. */
export const INSTANCE_STATE_CODES = { pending: 0, running: 16, stopping: 64, stopped: 80 } as const;
export type InstanceState = keyof typeof INSTANCE_STATE_CODES;

export interface Instance {
  readonly instanceId: string;
  readonly name: string;
  readonly networkInterface: NetworkInterface;
  readonly launchTime: Date;
  state: InstanceState;
  /** Why it is stopped, in EC2's words; empty while it runs. */
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
