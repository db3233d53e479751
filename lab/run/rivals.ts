/**
 * Operators who all start a failover of the same primary in the moment that the monitors start theirs: executions with
 * different names, so that Step Functions runs them all.
 *
 * @module
 */
import type { Lab } from './lab.ts';
import type { Executions } from './executions.ts';
import * as topology from './topology.ts';

const NAME = 'rival-';

export function isRival(execution: { readonly name: string }): boolean {
  return execution.name.startsWith(NAME);
}

/** Makes their sandboxes warm: otherwise they would come one after another, as each starts. */
export async function warmRivals(lab: Lab, count: number): Promise<void> {
  const name = lab.deployment.functionName('Network/Function');
  const answers = await Promise.all(
    Array.from({ length: count }, () => lab.cloud.lambda.invoke(name, JSON.stringify({ step: 'rehearse' }))),
  );
  for (const answer of answers) {
    if (!answer.ok) throw new Error(`the network function can't be warmed: ${answer.error.errorMessage}`);
  }
}

/** Starts them all at once. Every other one wants no confirmation. */
export async function startRivals(executions: Executions, count: number): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      executions.start(`${NAME}${index + 1}`, {
        cluster: topology.CLUSTER,
        mode: 'failover',
        trigger: { kind: 'operator', name: `operator-${index + 1}`, reason: 'a drill has them all start at once' },
        force: index % 2 === 0,
      }),
    ),
  );
}
