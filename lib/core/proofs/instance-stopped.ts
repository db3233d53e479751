/**
 * The proof `instance-stopped`: EC2 says that the old primary's instance does not run.
 *
 * The argument: the server is a process of that instance; an instance in the state `stopped` or `terminated` has none.
 * So nothing is left that could acknowledge, and every connection to it ended with it.
 *
 * What would make it a lie, and why it does not:
 * - `stopping` and `shutting-down` look alike, but processes still run. They are no proof.
 * - It is another instance: EC2 must have answered about the one that is configured for the old primary.
 * - Somebody starts it again. Then its sessions are gone all the same, and to new ones its interfaces are closed:
 *   Isolate network leaves them the fence group alone, and a stop keeps it. An Auto Scaling group that replaces it makes
 *   an instance with another id and an empty disk, which is no server of this cluster.
 *
 * @module
 */
import * as z from 'zod';

export const instanceStoppedSchema = z
  .object({
    kind: z.literal('instance-stopped'),
    instanceId: z.string().describe('The instance that EC2 answered about.'),
    expectedInstanceId: z.string().describe('The instance that is configured for the old primary.'),
    stateCode: z.number().describe('Its state code, as EC2 gave it.'),
  })
  .readonly();

export type InstanceStopped = z.output<typeof instanceStoppedSchema>;

/** Low byte of an EC2 instance state: 80 is stopped, 48 terminated. The high byte is EC2's own. */
export function isStopped(stateCode: number): boolean {
  return [80, 48].includes(stateCode & 0xff);
}

export function shortcomingOfInstanceStopped(piece: InstanceStopped): string | null {
  const { instanceId, expectedInstanceId, stateCode } = piece;
  if (instanceId !== expectedInstanceId) {
    return `EC2 answered about ${instanceId}, the old primary is ${expectedInstanceId}`;
  }
  return isStopped(stateCode) ? null : `state code ${stateCode} is neither stopped nor terminated`;
}

export function sentenceOfInstanceStopped({ instanceId, stateCode }: InstanceStopped): string {
  return `EC2 says that ${instanceId} is stopped (state code ${stateCode})`;
}
