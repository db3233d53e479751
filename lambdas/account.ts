/**
 * The account of a secret, whose password may be rotated at any time: connections that are kept live on, and the next new
 * one finds out.
 *
 * A rotation is not one moment. The servers have the new password before or after the secret has it, and a replica that
 * lags has it later than the primary. So a refusal is no end: the secret is read again, at once, and what worked last is
 * tried too.
 *
 * @module
 */
import { DatabaseError } from '../lib/core/errors.ts';
import type { Clock, Secrets } from '../lib/ports/cloud.ts';
import type { Credentials } from '../lib/ports/database.ts';

export interface Account {
  /**
   * Runs `connect` with the credentials that work, as far as any do.
   *
   * @throws whatever `connect` threw with the last that were tried, or a secret that can't be read
   */
  connect<T>(connect: (credentials: Credentials) => Promise<T>): Promise<T>;
}

/** A password that is simply wrong is refused in each round: so often the secret is read again, in milliseconds. */
const READ_AGAIN_AFTER_MS = 5_000;

export function accountOf(secrets: Secrets, secretId: string, clock: Clock): Account {
  let lastGood: Credentials | null = null;
  let mayReadAgainAtMs = -Infinity;

  return {
    async connect(connect) {
      const kept = await secrets.credentials(secretId);
      const tried: Credentials[] = [];
      const attempt = async (credentials: Credentials) => {
        tried.push(credentials);
        const connected = await connect(credentials);
        lastGood = credentials;
        return connected;
      };
      try {
        return await attempt(kept);
      } catch (error) {
        let refused = refusalOf(error);
        const nowMs = clock.now();
        const candidates = [
          async () => {
            if (nowMs < mayReadAgainAtMs) return null;
            mayReadAgainAtMs = nowMs + READ_AGAIN_AFTER_MS;
            return await secrets.credentials(secretId, { fresh: true });
          },
          async () => lastGood,
        ];
        for (const candidate of candidates) {
          const credentials = await candidate().catch(() => null);
          if (credentials === null || tried.some((each) => areSame(each, credentials))) continue;
          try {
            return await attempt(credentials);
          } catch (again) {
            refused = refusalOf(again);
          }
        }
        throw refused;
      }
    },
  };
}

/** The error, when it is a refusal of the account. @throws any other */
function refusalOf(error: unknown): DatabaseError {
  if (error instanceof DatabaseError && error.failure === 'denied') return error;
  throw error;
}

function areSame(a: Credentials, b: Credentials): boolean {
  return a.username === b.username && a.password === b.password;
}
