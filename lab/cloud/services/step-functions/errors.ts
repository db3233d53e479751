/**
 * @module The errors that Step Functions answers with.
 */
import type { z } from 'zod';

/** The name that the caller's SDK throws the error under. */
export type StepFunctionsErrorName =
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
  | 'StateMachineAlreadyExists'
  | 'StateMachineDoesNotExist'
  | 'StateMachineTypeNotSupported'
  | 'UnknownOperationException'
  | 'ValidationException';

export class StepFunctionsError extends Error {
  override readonly name: StepFunctionsErrorName;

  constructor(name: StepFunctionsErrorName, message: string) {
    super(message);
    this.name = name;
  }
}

/** The request's parameters in their own type. @throws StepFunctionsError `ValidationException` naming each wrong field */
export function parseParameters<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `'${issue.path.join('.')}': ${issue.message}`);
  throw new StepFunctionsError('ValidationException', `Invalid request: ${problems.join('; ')}`);
}
