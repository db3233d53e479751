/**
 * @module The errors that Step Functions answers with.
 */
import type { z } from 'zod';

/** The name that the caller's SDK throws the error under. */
export type StepFunctionsErrorName =
  | 'AccessDeniedException'
  | 'ExecutionAlreadyExists'
  | 'ExecutionDoesNotExist'
  | 'ExecutionNotRedrivable'
  | 'InvalidArn'
  | 'InvalidDefinition'
  | 'InvalidExecutionInput'
  | 'InvalidName'
  | 'InvalidToken'
  | 'MissingRequiredParameter'
  | 'NotImplemented'
  | 'ResourceNotFound'
  | 'StateMachineAlreadyExists'
  | 'StateMachineDoesNotExist'
  | 'StateMachineTypeNotSupported'
  | 'TooManyTags'
  | 'ValidationException';

export class StepFunctionsError extends Error {
  override readonly name: StepFunctionsErrorName;

  constructor(name: StepFunctionsErrorName, message: string) {
    super(message);
    this.name = name;
  }
}

/** The request's parameters in their own type. @throws StepFunctionsError `ValidationException` or `NotImplemented` naming each wrong field */
export function parseParameters<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const unknown = parsed.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  if (unknown.length > 0) {
    throw new StepFunctionsError('NotImplemented', `the lab does not model the field ${unknown.join(', ')}`);
  }
  const problems = parsed.error.issues.map((issue) => `'${issue.path.join('.')}': ${issue.message}`);
  throw new StepFunctionsError('ValidationException', `Invalid request: ${problems.join('; ')}`);
}
