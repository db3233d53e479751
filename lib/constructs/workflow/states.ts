/**
 * Builders for the states of the workflow, in the JSONata flavour of the States Language. Every task they make has a
 * timeout and retries only what Lambda itself failed to do; what a step decides comes back as `outcome`.
 *
 * @module
 */

/** A state as the States Language writes it. */
export type State = Readonly<Record<string, unknown>>;

export interface Branch {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A JSONata expression, as the States Language marks it. */
export function expr(jsonata: string): string {
  return `{% ${jsonata} %}`;
}

export interface StepOptions {
  /** ARN, or a token of it, of the function that has the step. */
  readonly functionArn: string;
  readonly step: string;
  /** What the step is given besides cluster, epoch and execution. */
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly timeoutSeconds: number;
  /** Variables set from the result. */
  readonly assign?: Readonly<Record<string, string>>;
  /** Where to go on; the branch ends without it. */
  readonly next?: string;
  /** Where any failure leads; the enclosing state fails without it. */
  readonly onFailure?: string;
  /** Keeps the failure in the variable `problem`. At the top level only: an inner scope can't set an outer variable. */
  readonly keepsProblem?: boolean;
  /** A refusal, by the name of its error, that leads elsewhere than other failures. */
  readonly refusal?: { readonly error: string; readonly next: string };
  /** Tried again each second, so many times, while the step answers with the error of this name. */
  readonly waitsWhile?: { readonly error: string; readonly times: number };
  /**
   * Tried again when a server or AWS did not do what it was asked, when the function died of it or was not heard of in
   * time, or when a moment's silence of a server may have led to a refusal: what this step fails to do stops the change,
   * and every step may run twice. Not for steps whose failure leads to another way: that way is taken at once.
   */
  readonly triesAgain?: boolean;
}

/**
 * What Lambda calls it when a function ends without an answer, or not in its time; and Step Functions, when it heard
 * nothing of a function that may have done its work.
 */
const FUNCTION_DIED = ['Lambda.Unknown', 'Runtime.ExitError', 'Sandbox.Timedout', 'States.Timeout'];

/** What every step is told: which cluster, under which epoch, for which execution. */
const ACTOR = {
  cluster: expr('$cluster'),
  epoch: expr('$epoch'),
  execution: expr('$states.context.Execution.Id'),
};

/** What steps are told besides: whom to fence, and whom to promote. */
export const OLD_PRIMARY = { oldPrimary: expr('$oldPrimary') };
export const CANDIDATE = { ...OLD_PRIMARY, candidate: expr('$candidate') };
/** Who is made the primary again. */
export const REOPENED = { ...OLD_PRIMARY, candidate: expr('$oldPrimary') };

/** JSONata: the sentence with which the step before explained its outcome. */
export const BECAUSE = '$states.input.because';

/** A task that runs one step of a function and outputs its typed result. */
export function step(options: StepOptions): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: {
      FunctionName: options.functionArn,
      Payload: { step: options.step, ...ACTOR, ...options.payload },
    },
    TimeoutSeconds: options.timeoutSeconds,
    Retry: [
      ...(options.waitsWhile === undefined
        ? []
        : [
            {
              ErrorEquals: [options.waitsWhile.error],
              IntervalSeconds: 1,
              BackoffRate: 1,
              MaxAttempts: options.waitsWhile.times,
            },
          ]),
      {
        ErrorEquals: [
          'Lambda.ServiceException',
          'Lambda.AWSLambdaException',
          'Lambda.SdkClientException',
          'Lambda.TooManyRequestsException',
        ],
        IntervalSeconds: 1,
        BackoffRate: 2,
        // A wait asks Lambda again and again: it may not end because that failed twice in all.
        MaxAttempts: options.waitsWhile?.times ?? 2,
        MaxDelaySeconds: 5,
        JitterStrategy: 'FULL',
      },
      ...(options.triesAgain === true
        ? [
            {
              ErrorEquals: ['DatabaseError', 'PromotionRefused', ...FUNCTION_DIED],
              IntervalSeconds: 1,
              BackoffRate: 2,
              MaxAttempts: 2,
            },
            // AWS that is out for half a minute must not end a change that has fenced the only primary there is.
            {
              ErrorEquals: ['CloudError'],
              IntervalSeconds: 1,
              BackoffRate: 2,
              MaxAttempts: 6,
              MaxDelaySeconds: 8,
            },
          ]
        : []),
    ],
    ...catching(options),
    ...(options.assign === undefined ? {} : { Assign: options.assign }),
    Output: expr('$states.result.Payload'),
    ...(options.next === undefined ? { End: true } : { Next: options.next }),
  };
}

function catching({ refusal, onFailure, keepsProblem }: StepOptions): State {
  const kept = keepsProblem === true ? { Assign: { problem: expr('$states.errorOutput') } } : {};
  const catchers = [
    ...(refusal === undefined ? [] : [{ ErrorEquals: [refusal.error], ...kept, Next: refusal.next }]),
    ...(onFailure === undefined ? [] : [{ ErrorEquals: ['States.ALL'], ...kept, Next: onFailure }]),
  ];
  return catchers.length === 0 ? {} : { Catch: catchers };
}

/** Routes by the `outcome` of the step before. */
export function byOutcome(routes: Readonly<Record<string, string>>, otherwise: string): State {
  return {
    Type: 'Choice',
    Choices: Object.entries(routes).map(([outcome, next]) => ({
      Condition: expr(`$states.input.outcome = '${outcome}'`),
      Next: next,
    })),
    Default: otherwise,
  };
}

/** Ends the branch, or the machine, as failed. `cause` is JSONata. */
export function fail(error: string, cause: string): State {
  return { Type: 'Fail', Error: error, Cause: expr(cause) };
}
