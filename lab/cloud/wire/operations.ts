/**
 * @module Turns a table of operations into a service of one protocol.
 *
 * Guarantees: an action that isn't in the table is refused by name; a JSON input is checked against its schema before
 * the operation runs, and a field that the lab does not model is refused, never ignored.
 */
import type * as z from 'zod';
import type { AwsRequest, AwsResponse, AwsService } from '../service.ts';
import { actionOf } from './action.ts';
import { AwsError, notModelled } from './aws-error.ts';

export type Operation = (request: AwsRequest, pathParameters: readonly string[]) => Promise<AwsResponse> | AwsResponse;

/** A service that answers exactly the actions of the table. */
export function operations(name: string, table: Readonly<Record<string, Operation>>): AwsService {
  return {
    name,
    actions: Object.keys(table),
    async handle(request) {
      const action = actionOf(name, request);
      const operation = action.known && Object.hasOwn(table, action.name) ? table[action.name] : undefined;
      if (!operation) throw notModelled(`${name} ${action.name}`);
      return operation(request, action.pathParameters);
    },
  };
}

/** An operation whose input and output are JSON bodies. */
export function jsonOperation<Shape extends z.ZodType>(
  shape: Shape,
  run: (input: z.infer<Shape>, request: AwsRequest, pathParameters: readonly string[]) => unknown,
): Operation {
  return async (request, pathParameters) => {
    const output = await run(parseJson(shape, request.body), request, pathParameters);
    return json(200, output ?? {});
  };
}

export function json(status: number, body: unknown): AwsResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** The input in its own type. @throws AwsError `ValidationException`, `NotImplemented` for a field that isn't modelled */
export function parseJson<Shape extends z.ZodType>(shape: Shape, body: Buffer): z.infer<Shape> {
  const result = shape.safeParse(body.length === 0 ? {} : parsed(body));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') throw notModelled(`the field ${issue.keys.join(', ')}`);
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: value at '${issue?.path.join('.')}': ${issue?.message}`,
  );
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError('SerializationException', 'the body is not JSON');
  }
}
