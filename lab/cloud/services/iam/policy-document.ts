/** @module The text of a policy as a caller of IAM gives it. */
import { AwsError } from '../../wire/aws-error.ts';

/** @throws AwsError `MalformedPolicyDocument` */
export function parseDocument(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AwsError('MalformedPolicyDocument', 'This policy contains invalid Json');
  }
}

/** Hands a document on. @throws AwsError `MalformedPolicyDocument`, or `NotImplemented` for what the lab can't judge by */
export function accepted(use: () => void): void {
  try {
    use();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof AwsError) throw error;
    const gap = error.cause instanceof AwsError && error.cause.code === 'NotImplemented';
    throw gap
      ? new AwsError('NotImplemented', error.message, 501)
      : new AwsError('MalformedPolicyDocument', error.message);
  }
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404);
}
