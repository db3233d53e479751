/**
 * @module Runs the resource of a `Task`: a call of one of the lab's services, in the form of its integration.
 *
 * Guarantees: arguments, results and errors have the form that Step Functions gives them; what `parseResource` knows runs
 * here.
 */
import { TaskError } from '../../asl/failure.ts';
import type { Json } from '../../asl/json.ts';
import { callDynamoDb, callSdk, putEvents } from './integrations/json-services.ts';
import { invokeByArn, invokeFunction } from './integrations/lambda.ts';
import type { IntegrationPorts, TaskCaller } from './integrations/ports.ts';
import { parseResource, resourceObstacle, type Resource } from './integrations/resources.ts';
import type { IntegratedService } from './integrations/services.ts';
import { publish } from './integrations/sns.ts';
import { startExecution } from './integrations/start-execution.ts';

/** Runs the resource of a task. @throws TaskError with the name and cause that the task fails with */
export type InvokeResource = (resource: string, args: Json, caller: TaskCaller) => Promise<unknown>;

export function serviceIntegrations(ports: IntegrationPorts): InvokeResource {
  return async (resource, args, caller) => {
    const parsed = parseResource(resource);
    if (parsed === undefined)
      throw new TaskError(
        'NotImplemented',
        resourceObstacle(resource, () => true),
      );
    if (parsed.kind === 'function') return invokeByArn(ports, parsed.functionArn, args, caller);
    if (parsed.kind === 'sdk') return callSdk(ports, parsed, args, caller);
    return OPTIMIZED_CALLS[parsed.service](ports, parsed, args, caller);
  };
}

type Optimized = Extract<Resource, { readonly kind: 'optimized' }>;

const OPTIMIZED_CALLS: Readonly<
  Record<IntegratedService, (ports: IntegrationPorts, resource: Optimized, args: Json, by: TaskCaller) => Promise<Json>>
> = {
  lambda: (ports, _resource, args, by) => invokeFunction(ports, args, by),
  sns: (ports, _resource, args, by) => publish(ports, args, by),
  dynamodb: (ports, { action }, args, by) => callDynamoDb(ports, action, args, by),
  events: (ports, _resource, args, by) => putEvents(ports, args, by),
  states: (ports, { pattern }, args, by) => startExecution(ports, args, pattern, by),
};
