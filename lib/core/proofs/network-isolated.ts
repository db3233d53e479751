/**
 * The proof `network-isolated`: every interface of the old primary has the fence group alone, which has no rules.
 *
 * The argument: no new connection reaches the server. An open one that EC2 tracks goes on, for as long as it is used, so
 * this is a proof only where a person has said by the policy that it is one: who knows that the old groups' flows are
 * untracked, or that clients there can't hold connections.
 *
 * What would make it a lie, and why it does not:
 * - An interface was forgotten, or was swapped at the wrong instance: all that EC2 shows attached to the old primary's
 *   instance are read back after the change, and the configured one must be among them.
 *
 * @module
 */
import * as z from 'zod';

export const networkIsolatedSchema = z
  .object({
    kind: z.literal('network-isolated'),
    interfaces: z
      .array(z.object({ id: z.string(), groups: z.array(z.string()).readonly() }).readonly())
      .readonly()
      .describe('Every interface of the instance, with its groups as read back.'),
    expectedInterface: z.string().describe('The interface that is configured for the old primary.'),
    fenceGroup: z.string().describe('The group without rules.'),
  })
  .readonly();

export type NetworkIsolated = z.output<typeof networkIsolatedSchema>;

export function shortcomingOfNetworkIsolated(
  piece: NetworkIsolated,
  policy: { readonly acceptNetworkIsolation: boolean },
): string | null {
  if (!policy.acceptNetworkIsolation) return 'the policy does not accept it alone';
  if (!piece.interfaces.some((each) => each.id === piece.expectedInterface)) {
    return `${piece.expectedInterface}, the interface of the old primary, was not among those isolated`;
  }
  return piece.interfaces.every((each) => each.groups.length === 1 && each.groups[0] === piece.fenceGroup)
    ? null
    : 'an interface still has other groups';
}

export function sentenceOfNetworkIsolated({ fenceGroup }: NetworkIsolated): string {
  return `every interface has only the fence group ${fenceGroup}, which the policy accepts`;
}
