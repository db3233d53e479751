/**
 * @module The one way in which a service of the lab refuses a call.
 *
 * Guarantees: a service throws what AWS would answer; the endpoint puts it on the wire in the service's own shape.
 */

/** A refusal in AWS's words: its error code, its message, its HTTP status. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    // As the SDK names the exceptions that it makes of codes.
    this.name = code;
    this.code = code;
    this.status = status;
  }
}

/**
 * What the lab answers where AWS would do more than the lab models: a refusal that names the gap, so that nobody takes
 * an ignored parameter for a working one.
 */
export function notModelled(what: string): AwsError {
  return new AwsError('NotImplemented', `the lab does not model ${what}`, 501);
}
