/**
 * `Secrets` on Secrets Manager, kept for five minutes between calls.
 *
 * @module
 */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { CloudError } from '../../core/errors.ts';
import type { Credentials } from '../../ports/database.ts';
import type { Secrets } from '../../ports/cloud.ts';
import { calling, clientSettings } from './client.ts';

const KEPT_MS = 300_000;
const secretSchema = z.object({ username: z.string().min(1), password: z.string() });

export function secretsManagerSecrets(client = new SecretsManagerClient(clientSettings())): Secrets {
  const kept = new Map<string, { untilMs: number; credentials: Credentials }>();
  return {
    async credentials(secretId, { fresh } = { fresh: false }) {
      const known = kept.get(secretId);
      if (!fresh && known !== undefined && Date.now() < known.untilMs) return known.credentials;
      const answer = await calling(`GetSecretValue ${secretId}`, () =>
        client.send(new GetSecretValueCommand({ SecretId: secretId })),
      );
      const credentials = parseSecret(secretId, answer.SecretString);
      kept.set(secretId, { untilMs: Date.now() + KEPT_MS, credentials });
      return credentials;
    },
  };
}

function parseSecret(secretId: string, text: string | undefined): Credentials {
  try {
    return secretSchema.parse(JSON.parse(text ?? ''));
  } catch {
    // The cause is left out on purpose: it may quote the secret.
    throw new CloudError(
      `secret ${secretId} holds no JSON with username and password; store {"username": …, "password": …}`,
    );
  }
}
