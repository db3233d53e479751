/**
 * How a call of AWS is tried again. The SDK's standard mode waits up to a second, and then up to two, after a throttling:
 * by then a vote is too old to count, and a primary that all monitors miss is not replaced. So the first waits are short,
 * and there are more of them.
 *
 * @module
 */
import { StandardRetryStrategy } from '@smithy/core/retry';

type RefreshToken = StandardRetryStrategy['refreshRetryTokenForRetry'];

/** Of a call that is not answered, or fails within AWS: each may cost the whole timeout of a request. */
const ATTEMPTS = 3;
/** Of a call that is throttled: refused at once, it costs but the waits between, 3.1 s at most in all. */
const THROTTLED_ATTEMPTS = 6;
const FIRST_WAIT_MS = 100;

export class QuickRetries extends StandardRetryStrategy {
  constructor() {
    super({
      maxAttempts: THROTTLED_ATTEMPTS,
      // A random part of 100 ms, of 200 ms, of 400 ms …, whatever the error.
      backoff: {
        computeNextBackoffDelay: (retries) => Math.floor(Math.random() * FIRST_WAIT_MS * 2 ** retries),
        setDelayBase: () => undefined,
      },
    });
  }

  override async refreshRetryTokenForRetry(...[token, error]: Parameters<RefreshToken>): ReturnType<RefreshToken> {
    if (error.errorType !== 'THROTTLING' && token.getRetryCount() + 1 >= ATTEMPTS) {
      throw new Error(`not tried again after ${ATTEMPTS} attempts`);
    }
    return super.refreshRetryTokenForRetry(token, error);
  }
}
