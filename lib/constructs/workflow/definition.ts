/**
 * The one definition of the workflow. What runs, what the docs draw and what the tests walk is this.
 *
 * The lambdas decide and the machine routes. `Fail over` has three branches: the first waits for a sufficient proof
 * and promotes; the others go on fencing, beside and after it, and can't fail it.
 *
 * @module
 */
import { byOutcome, expr, fail, step, type Branch, type State } from './states.ts';

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

const BECAUSE = '$states.input.because';
const OLD_PRIMARY = { oldPrimary: expr('$oldPrimary') };
const CANDIDATE = { ...OLD_PRIMARY, candidate: expr('$candidate') };

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
          payload: {
            cluster: expr('$states.input.cluster'),
            mode: expr("$exists($states.input.mode) ? $states.input.mode : 'failover'"),
            trigger: expr(
              "$exists($states.input.trigger) ? $states.input.trigger : {'kind': 'operator', 'name': 'unnamed', 'reason': 'started by hand'}",
            ),
            force: expr('$exists($states.input.force) ? $states.input.force : false'),
            epoch: 0,
          },
          timeoutSeconds: 15,
          assign: {
            cluster: expr('$states.input.cluster'),
            epoch: expr('$states.result.Payload.epoch'),
            oldPrimary: expr('$states.result.Payload.oldPrimary'),
            instanceStateCode: expr('$states.result.Payload.instanceStateCode'),
            force: expr('$states.result.Payload.force'),
          },
          next: 'Is it opened?',
        }),
        Catch: [
          {
            ErrorEquals: ['States.ALL'],
            Assign: {
              cluster: expr('$exists($states.input.cluster) ? $states.input.cluster : null'),
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
        payload: { ...OLD_PRIMARY, instanceStateCode: expr('$instanceStateCode'), force: expr('$force') },
        timeoutSeconds: 15,
        next: 'Is it confirmed?',
        onFailure: 'Stand down after an error',
        keepsProblem: true,
      }),
      'Is it confirmed?': byOutcome({ confirmed: 'Plan' }, 'Stand down'),
      Plan: step({
        ...database,
        step: 'plan',
        payload: OLD_PRIMARY,
        timeoutSeconds: 15,
        next: 'Fail over',
        refusal: { error: 'PromotionRefused', next: 'Halt' },
        onFailure: 'Stand down after an error',
        keepsProblem: true,
      }),

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
        payload: { because: expr(BECAUSE) },
        timeoutSeconds: 30,
        next: 'Stood down',
        onFailure: 'Halt',
        keepsProblem: true,
      }),
      'Stand down after an error': step({
        ...network,
        step: 'stand-down',
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
          attempts: 6,
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

type Side = { readonly functionArn: string };

/** From the proof to the end. A failure here halts the whole change. */
function promoteBranch(database: Side, network: Side): Branch {
  return {
    StartAt: 'Revoke acks',
    States: {
      'Revoke acks': step({
        ...database,
        step: 'revoke-acks',
        payload: OLD_PRIMARY,
        timeoutSeconds: 15,
        next: 'Prove fence',
      }),
      'Prove fence': step({
        ...database,
        step: 'prove',
        payload: OLD_PRIMARY,
        timeoutSeconds: 15,
        next: 'Settle',
        // The step gives up by itself at the deadline of the cluster, which is below a quarter of an hour.
        waitsWhile: { error: 'FenceNotYetProven', times: 900 },
      }),
      Settle: step({
        ...database,
        step: 'settle',
        payload: OLD_PRIMARY,
        timeoutSeconds: 45,
        assign: { candidate: expr('$states.result.Payload.candidate') },
        next: 'Promote',
      }),
      Promote: step({
        ...database,
        step: 'promote',
        payload: CANDIDATE,
        timeoutSeconds: 20,
        next: 'Lead clients to it',
      }),
      'Lead clients to it': {
        Type: 'Parallel',
        Branches: [routeBranch(database, network), repointBranch(database)],
        Assign: { route: expr('$states.result[0].route') },
        Output: expr('$states.result[0]'),
        Next: 'Close',
      },
      Close: step({
        ...network,
        step: 'close',
        payload: { ...CANDIDATE, route: expr('$route') },
        timeoutSeconds: 20,
      }),
    },
  };
}

/** The VIP, proven by connecting through it; else the DNS record. */
function routeBranch(database: Side, network: Side): Branch {
  return {
    StartAt: 'Move address',
    States: {
      'Move address': step({
        ...network,
        step: 'move-address',
        payload: CANDIDATE,
        timeoutSeconds: 15,
        next: 'Verify route',
        onFailure: 'Fall back to DNS',
      }),
      'Verify route': step({
        ...database,
        step: 'verify-route',
        payload: { ...CANDIDATE, route: 'vip' },
        timeoutSeconds: 15,
        next: 'Does it lead there?',
        onFailure: 'Fall back to DNS',
      }),
      'Does it lead there?': byOutcome({ verified: 'Clients are led there' }, 'Fall back to DNS'),
      'Fall back to DNS': step({
        ...network,
        step: 'point-record',
        payload: CANDIDATE,
        timeoutSeconds: 30,
        next: 'Verify new primary',
      }),
      'Verify new primary': step({
        ...database,
        step: 'verify-route',
        payload: { ...CANDIDATE, route: 'dns' },
        timeoutSeconds: 15,
        next: 'Does it answer there?',
      }),
      'Does it answer there?': byOutcome({ verified: 'Clients are led there' }, 'Route lost'),
      'Route lost': fail('RouteLost', BECAUSE),
      'Clients are led there': { Type: 'Succeed' },
    },
  };
}

/** A replica that can't be repointed is told of in the journal; the promotion stands. */
function repointBranch(database: Side): Branch {
  return {
    StartAt: 'Repoint',
    States: {
      Repoint: step({
        ...database,
        step: 'repoint',
        payload: CANDIDATE,
        timeoutSeconds: 30,
        next: 'Repointing done',
        onFailure: 'Repointing done',
      }),
      'Repointing done': { Type: 'Succeed' },
    },
  };
}

/** SQL first: isolating the network would cut it off. */
function isolateBranch(database: Side, fence: Side): Branch {
  return {
    StartAt: 'Demote by SQL',
    States: {
      'Demote by SQL': step({
        ...database,
        step: 'demote',
        payload: OLD_PRIMARY,
        timeoutSeconds: 15,
        next: 'Isolate network',
        onFailure: 'Isolate network',
      }),
      'Isolate network': step({
        ...fence,
        step: 'isolate',
        payload: OLD_PRIMARY,
        timeoutSeconds: 30,
        next: 'Isolation done',
        onFailure: 'Isolation done',
      }),
      'Isolation done': { Type: 'Succeed' },
    },
  };
}

/** Goes on after the promotion, until EC2 says that the instance is stopped. */
function stopBranch(fence: Side): Branch {
  const check: State = step({
    ...fence,
    step: 'check-instance',
    payload: OLD_PRIMARY,
    timeoutSeconds: 30,
    next: 'Is it stopped?',
    onFailure: 'Wait for the stop',
  });
  return {
    StartAt: 'Stop instance',
    States: {
      'Stop instance': step({
        ...fence,
        step: 'stop-instance',
        payload: OLD_PRIMARY,
        timeoutSeconds: 30,
        next: 'Check instance',
        onFailure: 'Check instance',
      }),
      'Check instance': check,
      'Is it stopped?': byOutcome({ waiting: 'Wait for the stop' }, 'Stop done'),
      'Wait for the stop': { Type: 'Wait', Seconds: 2, Next: 'Check instance' },
      'Stop done': { Type: 'Succeed' },
    },
  };
}
