/**
 * @module What a task fails with when the service behind it refuses, in the words of the SDK that the integration uses.
 */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { ErrorName, TaskError } from '../../../asl/failure.ts';
import type { Json } from '../../../asl/json.ts';
import { AwsError } from '../../../wire/aws-error.ts';
import { exceptionOf, type ServiceNames } from './services.ts';

/** Optimized integrations speak as the first version of the AWS SDK for Java, `aws-sdk:…` as the second. */
export type Dialect = 'optimized' | 'sdk';

/** Makes a call. @throws TaskError under the service's name for every refusal, and where no answer came */
export async function apiCall<T>(names: ServiceNames, dialect: Dialect, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TaskError || !(error instanceof Error)) throw error;
    if (!(error instanceof AwsError)) throw new TaskError(`${names.prefix}.SdkClientException`, error.message);
    throw new TaskError(`${names.prefix}.${exceptionOf(error.code, names)}`, causeOf(error, names, dialect));
  }
}

function causeOf({ code, message, status }: AwsError, { inCause }: ServiceNames, dialect: Dialect): string {
  const requestId = randomUUID();
  return dialect === 'sdk'
    ? `${message} (Service: ${inCause}, Status Code: ${status}, Request ID: ${requestId})`
    : `${message} (Service: ${inCause}; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`;
}

/** The arguments in their own type. @throws TaskError `States.Runtime` naming each wrong field */
export function checkedArguments<T>(schema: z.ZodType<T>, args: Json): T {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `'${issue.path.join('.')}': ${issue.message}`);
  throw new TaskError(ErrorName.runtime, `Invalid Arguments: ${problems.join('; ')}`);
}
