/**
 * @module What the `Resource` of a `Task` names, and whether the lab can run it.
 *
 * Guarantees: a resource that has no place here is refused with the list of those that have, so that a definition which
 * was accepted never meets one.
 */
import {
  type IntegratedService,
  isOptimized,
  OPTIMIZED,
  type Pattern,
  SDK_SERVICES,
  type SdkService,
} from './services.ts';

export type Resource =
  /** A function's ARN as the resource itself: the older form, which gives the payload without anything around it. */
  | { readonly kind: 'function'; readonly functionArn: string }
  /** An optimized integration, such as `arn:aws:states:::lambda:invoke`. */
  | {
      readonly kind: 'optimized';
      readonly service: IntegratedService;
      readonly action: string;
      readonly pattern: Pattern;
    }
  /** Any call of a service, such as `arn:aws:states:::aws-sdk:dynamodb:query`. */
  | { readonly kind: 'sdk'; readonly service: SdkService; readonly action: string };

const FUNCTION_ARN = /^arn:aws:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/;
const OPTIMIZED_ARN = /^arn:aws:states:::(\w+):(\w+)(?:\.(sync(?::2)?))?$/;
const SDK_ARN = /^arn:aws:states:::aws-sdk:(\w+):([a-z]\w*)$/;

/** Undefined for a resource that the lab doesn't run. */
export function parseResource(resource: string): Resource | undefined {
  if (FUNCTION_ARN.test(resource)) return { kind: 'function', functionArn: resource };
  const [, sdkService = '', sdkAction = ''] = SDK_ARN.exec(resource) ?? [];
  if (Object.hasOwn(SDK_SERVICES, sdkService)) {
    const action = `${sdkAction.charAt(0).toUpperCase()}${sdkAction.slice(1)}`;
    return { kind: 'sdk', service: sdkService as SdkService, action };
  }
  const [, service = '', action = '', sync] = OPTIMIZED_ARN.exec(resource) ?? [];
  const pattern = (sync ?? 'request') as Pattern;
  return isOptimized(service, action, pattern) ? { kind: 'optimized', service, action, pattern } : undefined;
}

/** Whether a service of the lab answers a call.  @param service its name in the credential scope */
export type Answers = (service: string, action: string) => boolean;

/** Why the lab doesn't run a resource; undefined where it does. */
export function resourceObstacle(resource: string, answers: Answers): string | undefined {
  const parsed = parseResource(resource);
  if (parsed?.kind === 'sdk' && !answers(SDK_SERVICES[parsed.service].scope, parsed.action)) {
    return `the lab does not run the resource '${resource}': its ${parsed.service} has no ${parsed.action}`;
  }
  if (parsed !== undefined) return undefined;
  const optimized = Object.entries(OPTIMIZED).flatMap(([service, actions]) =>
    Object.keys(actions).map((action) => `${service}:${action}`),
  );
  return (
    `the lab does not run the resource '${resource}'; it runs arn:aws:states::: with ${optimized.join(', ')}, ` +
    `states:startExecution.sync(:2) and aws-sdk:… of ${Object.keys(SDK_SERVICES).join(', ')}, and ARNs of functions`
  );
}
