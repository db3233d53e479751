/**
 * `Secrets` in which every account is called as its secret is, and has that for a password.
 *
 * @module
 */
import type { Secrets } from '../../lib/ports/cloud.ts';

export const fakeSecrets: Secrets = {
  credentials: (secretId) => Promise.resolve({ username: secretId, password: secretId }),
};
