/**
 * What AWS tells a rehearsal, in the words of decisions.
 *
 * @module
 */

/** EC2's answer to a change that was asked for with `DryRun`. */
export type DryRun =
  | { readonly wouldDo: true }
  /** `code` as EC2 gives it, such as `UnauthorizedOperation`. */
  | { readonly wouldDo: false; readonly code: string; readonly because: string };

export interface InterfaceFacts {
  readonly id: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly addresses: readonly string[];
}

export interface GroupFacts {
  readonly vpcId: string;
  /** Rules that let something in. */
  readonly ingressRules: number;
}

export interface RecordFacts {
  readonly ttlSeconds: number;
  readonly addresses: readonly string[];
}
