/**
 * The definition of the rehearsal: the three functions at the same time, then one step that gathers what they found. A
 * function that fails is a finding, not the end of the rehearsal.
 *
 * @module
 */
import type { WorkflowDefinition, WorkflowFunctions } from './definition.ts';
import { expr, step, type Branch } from './states.ts';

/** Asked for one cluster, or for the slice of the time at which the execution was started. */
const WHICH = {
  cluster: expr(
    "$exists($states.context.Execution.Input.cluster) ? $string($states.context.Execution.Input.cluster) : ''",
  ),
  epoch: 0,
  atMs: expr('$toMillis($states.context.Execution.StartTime)'),
};

/** Longer than the functions have, so that it is Lambda that says why one of them did not answer. */
const TIMEOUT_SECONDS = 70;

export function rehearsalDefinition(functions: WorkflowFunctions): WorkflowDefinition {
  return {
    Comment: 'Goes the way of a failover without effect, and tells what would fail',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 300,
    StartAt: 'Rehearse',
    States: {
      Rehearse: {
        Type: 'Parallel',
        Branches: [
          branch('database', 'Ask the servers', functions.databaseFunction),
          branch('network', 'Ask about the route', functions.networkFunction),
          branch('fence', 'Ask about the fence', functions.fenceFunction),
        ],
        Next: 'Gather findings',
      },
      'Gather findings': step({
        functionArn: functions.networkFunction,
        step: 'gather-rehearsal',
        payload: { ...WHICH, parts: expr('$states.input') },
        timeoutSeconds: TIMEOUT_SECONDS,
        triesAgain: true,
      }),
    },
  };
}

function branch(part: string, name: string, functionArn: string): Branch {
  const failed = `Without the ${part} function`;
  const rehearse = step({ functionArn, step: 'rehearse', payload: WHICH, timeoutSeconds: TIMEOUT_SECONDS });
  return {
    StartAt: name,
    States: {
      [name]: {
        ...rehearse,
        Output: expr(`{'part': '${part}', 'rehearsed': $states.result.Payload}`),
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Output: {
              part,
              rehearsed: {
                outcome: 'failed',
                because: expr("$states.errorOutput.Error & ': ' & $states.errorOutput.Cause"),
              },
            },
            Next: failed,
          },
        ],
      },
      [failed]: { Type: 'Pass', End: true },
    },
  };
}
