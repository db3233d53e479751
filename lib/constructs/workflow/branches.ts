/**
 * The branches of `Fail over`: one waits for a sufficient proof and promotes; the others go on fencing, beside and
 * after it, and can't fail it.
 *
 * @module
 */
import { BECAUSE, byOutcome, CANDIDATE, expr, fail, OLD_PRIMARY, step, type Branch, type State } from './states.ts';

/** The function that a step belongs to. */
export type Side = { readonly functionArn: string };

/** From the proof to the end. A failure here halts the whole change. */
export function promoteBranch(database: Side, network: Side): Branch {
  return {
    StartAt: 'Revoke acks',
    States: {
      'Revoke acks': step({
        ...database,
        step: 'revoke-acks',
        triesAgain: true,
        payload: OLD_PRIMARY,
        timeoutSeconds: 15,
        next: 'Prove fence',
      }),
      'Prove fence': step({
        ...database,
        step: 'prove',
        triesAgain: true,
        payload: OLD_PRIMARY,
        timeoutSeconds: 15,
        next: 'Settle',
        // The step gives up by itself at the deadline of the cluster, which is below a quarter of an hour.
        waitsWhile: { error: 'FenceNotYetProven', times: 900 },
      }),
      Settle: step({
        ...database,
        step: 'settle',
        triesAgain: true,
        payload: OLD_PRIMARY,
        timeoutSeconds: 45,
        assign: { candidate: expr('$states.result.Payload.candidate') },
        next: 'Promote',
      }),
      Promote: step({
        ...database,
        step: 'promote',
        triesAgain: true,
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
        triesAgain: true,
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
        triesAgain: true,
        payload: CANDIDATE,
        timeoutSeconds: 30,
        next: 'Verify new primary',
      }),
      'Verify new primary': step({
        ...database,
        step: 'verify-route',
        triesAgain: true,
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
export function isolateBranch(database: Side, fence: Side): Branch {
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
export function stopBranch(fence: Side): Branch {
  const check: State = step({
    ...fence,
    step: 'check-instance',
    payload: OLD_PRIMARY,
    timeoutSeconds: 30,
    next: 'Is it stopped?',
    // A newer change has begun, which fences for itself.
    refusal: { error: 'StaleActor', next: 'Stop done' },
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
