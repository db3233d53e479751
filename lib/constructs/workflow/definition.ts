/**
 * The one definition of the workflow. What runs, what the docs draw and what the tests walk is this.
 *
 * The lambdas decide and the machine routes.
 *
 * @module
 */
import { isolateBranch, promoteBranch, stopBranch } from './branches.ts';
import { BECAUSE, byOutcome, expr, fail, OLD_PRIMARY, REOPENED, step, type Branch } from './states.ts';

export interface WorkflowFunctions {
  /** ARN of the function inside the VPC: SQL. */
  readonly databaseFunction: string;
  /** ARN of the function outside it that keeps the state and leads clients elsewhere. */
  readonly networkFunction: string;
  /** ARN of the one that stops the old primary and cuts it off: slow, and never in the way of the other two. */
  readonly fenceFunction: string;
}

export interface WorkflowDefinition extends Branch {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly TimeoutSeconds: number;
}

/** Whoever starts it by hand may forget it; the step says which there are. */
const ASKED_CLUSTER = expr("$exists($states.input.cluster) ? $string($states.input.cluster) : ''");

export function workflowDefinition(functions: WorkflowFunctions): WorkflowDefinition {
  const database = { functionArn: functions.databaseFunction };
  const network = { functionArn: functions.networkFunction };
  const fence = { functionArn: functions.fenceFunction };

  return {
    Comment: 'Fences a lost primary, proves it, promotes the best replica and leads clients to it',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 3_600,
    StartAt: 'Open',
    States: {
      Open: {
        ...step({
          ...network,
          step: 'open',
          triesAgain: true,
          payload: {
            cluster: ASKED_CLUSTER,
            mode: expr("$exists($states.input.mode) ? $states.input.mode : 'failover'"),
            trigger: expr(
              "$exists($states.input.trigger) ? $states.input.trigger : {'kind': 'operator', 'name': 'unnamed', 'reason': 'started by hand'}",
            ),
            force: expr('$exists($states.input.force) ? $states.input.force : false'),
            dismiss: expr("$exists($states.input.dismiss) ? $states.input.dismiss : ''"),
            epoch: 0,
          },
          timeoutSeconds: 15,
          assign: {
            // An event names no cluster: the step knows whose it is.
            cluster: expr('$states.result.Payload.cluster'),
            epoch: expr('$states.result.Payload.epoch'),
            oldPrimary: expr('$states.result.Payload.oldPrimary'),
            instanceStateCode: expr('$states.result.Payload.instanceStateCode'),
            force: expr('$states.result.Payload.force'),
          },
          next: 'Is it opened?',
        }),
        Catch: [
          {
            ErrorEquals: ['InvalidInput'],
            // Lambda gives what was thrown as JSON.
            Output: { because: expr('$parse($states.errorOutput.Cause).errorMessage') },
            Next: 'Change refused',
          },
          {
            ErrorEquals: ['States.ALL'],
            Assign: {
              cluster: ASKED_CLUSTER,
              epoch: 0,
              problem: expr('$states.errorOutput'),
            },
            Next: 'Halt',
          },
        ],
      },
      'Is it opened?': byOutcome({ opened: 'Confirm' }, 'Change refused'),
      'Change refused': fail('ChangeRefused', BECAUSE),

      Confirm: step({
        ...database,
        step: 'confirm',
        triesAgain: true,
        payload: { ...OLD_PRIMARY, instanceStateCode: expr('$instanceStateCode'), force: expr('$force') },
        timeoutSeconds: 15,
        next: 'Is it confirmed?',
        onFailure: 'Stand down after an error',
        keepsProblem: true,
      }),
      'Is it confirmed?': byOutcome({ confirmed: 'Plan', waiting: 'Ask EC2 again' }, 'Stand down'),
      // Confirm gives up by itself after a while. No answer of EC2 is an answer: then only the votes count.
      'Ask EC2 again': step({
        ...network,
        step: 'instance-state',
        triesAgain: true,
        payload: OLD_PRIMARY,
        timeoutSeconds: 15,
        assign: { instanceStateCode: expr('$states.result.Payload.instanceStateCode') },
        next: 'Confirm',
        onFailure: 'Stand down after an error',
        keepsProblem: true,
      }),
      Plan: step({
        ...database,
        step: 'plan',
        triesAgain: true,
        payload: OLD_PRIMARY,
        timeoutSeconds: 15,
        next: 'Reopen it or fail over?',
        refusal: { error: 'PromotionRefused', next: 'Halt' },
        onFailure: 'Stand down after an error',
        keepsProblem: true,
      }),

      'Reopen it or fail over?': byOutcome({ reopening: 'Reopen', planned: 'Fail over' }, 'Stand down'),
      // Of what breaks off here nothing is known to be done: monitors look again, and start anew what is still due.
      Reopen: step({
        ...database,
        step: 'reopen',
        triesAgain: true,
        payload: OLD_PRIMARY,
        timeoutSeconds: 20,
        // Named otherwise than in the branches of a failover: an inner scope may not set an outer variable.
        assign: { routeKept: expr('$states.result.Payload.route') },
        next: 'Verify reopened primary',
        onFailure: 'Stand down after an error',
        keepsProblem: true,
      }),
      // It is the primary whatever this shows, and leads nobody elsewhere: if it is gone again, the monitors find it dead.
      'Verify reopened primary': step({
        ...database,
        step: 'verify-route',
        payload: { ...REOPENED, route: expr('$routeKept') },
        timeoutSeconds: 15,
        next: 'Close reopening',
        onFailure: 'Close reopening',
      }),
      'Close reopening': step({
        ...network,
        step: 'close',
        triesAgain: true,
        payload: { ...REOPENED, route: expr('$routeKept') },
        timeoutSeconds: 20,
        next: 'Reopened',
        onFailure: 'Halt',
        keepsProblem: true,
      }),
      Reopened: { Type: 'Succeed' },

      'Fail over': {
        Type: 'Parallel',
        Branches: [promoteBranch(database, network), isolateBranch(database, fence), stopBranch(fence)],
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { problem: expr('$states.errorOutput') }, Next: 'Halt' }],
        Output: expr('$states.result[0]'),
        Next: 'Failed over',
      },
      'Failed over': { Type: 'Succeed' },

      'Stand down': step({
        ...network,
        step: 'stand-down',
        triesAgain: true,
        payload: { because: expr(BECAUSE) },
        timeoutSeconds: 30,
        next: 'Stood down',
        onFailure: 'Halt',
        keepsProblem: true,
      }),
      'Stand down after an error': step({
        ...network,
        step: 'stand-down',
        triesAgain: true,
        payload: { because: expr("$problem.Error & ': ' & $problem.Cause") },
        timeoutSeconds: 30,
        next: 'Stood down',
        onFailure: 'Halt',
        keepsProblem: true,
      }),
      'Stood down': { Type: 'Succeed' },

      Halt: {
        ...step({
          ...network,
          step: 'halt',
          payload: { problem: expr('$problem') },
          timeoutSeconds: 30,
          next: 'Halted',
        }),
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Halted' }],
      },
      Halted: fail(
        'Halted',
        "$exists($states.input.because) ? $states.input.because : $problem.Error & ': ' & $problem.Cause",
      ),
    },
  };
}
