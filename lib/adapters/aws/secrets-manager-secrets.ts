/**
 * `Secrets` on Secrets Manager, kept for five minutes between calls.
 *
 * However many ask for a secret at once, it is read once. While it can't be read, what is kept goes on being used, however
 * old: Secrets Manager being out of reach is no reason to stop watching.
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
  const reading = new Map<string, Promise<Credentials>>();

  const read = async (secretId: string): Promise<Credentials> => {
    const answer = await calling(`GetSecretValue ${secretId}`, () =>
      client.send(new GetSecretValueCommand({ SecretId: secretId })),
    );
    const credentials = parseSecret(secretId, answer.SecretString);
    kept.set(secretId, { untilMs: Date.now() + KEPT_MS, credentials });
    return credentials;
  };
  const readOnce = (secretId: string): Promise<Credentials> => {
    const underWay = reading.get(secretId);
    if (underWay !== undefined) return underWay;
    const begun = read(secretId).finally(() => reading.delete(secretId));
    reading.set(secretId, begun);
    return begun;
  };

  return {
    async credentials(secretId, { fresh } = { fresh: false }) {
      if (fresh) return readOnce(secretId);
      const known = kept.get(secretId);
      if (known !== undefined && Date.now() < known.untilMs) return known.credentials;
      try {
        return await readOnce(secretId);
      } catch (error) {
        if (known === undefined) throw error;
        return known.credentials;
      }
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
