/**
 * How every AWS client of this product is set up: it gives up on a connection after one second and on an answer after
 * four, and tries again soon (quick-retries.ts). The SDK has no request timeout of its own.
 *
 * @module
 */
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { CloudError, messageOf } from '../../core/errors.ts';
import { QuickRetries } from './quick-retries.ts';

const CONNECT_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 4_000;

export interface ClientSettings {
  readonly retryStrategy: QuickRetries;
  readonly requestHandler: NodeHttpHandler;
}

/** Settings for a client; where the endpoint and the credentials are is the environment's to say. */
export function clientSettings(): ClientSettings {
  return {
    retryStrategy: new QuickRetries(),
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    }),
  };
}

/** The name AWS gives an error, e.g. `ConditionalCheckFailedException`. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** Runs a call and says, when it fails, which call on what it was. */
export async function calling<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new CloudError(`${what} failed: ${awsErrorName(error)}: ${messageOf(error)}`, { cause: error });
  }
}
