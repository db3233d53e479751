import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { secretsManagerSecrets } from '../../../lib/adapters/aws/secrets-manager-secrets.ts';

const secret = (password: string) => ({ SecretString: JSON.stringify({ username: 'monitor', password }) });

describe('secrets of Secrets Manager', () => {
  const send = vi.fn<() => Promise<{ readonly SecretString: string }>>();
  const client = Object.assign(new SecretsManagerClient({ region: 'eu-west-1' }), { send });
  let secrets: ReturnType<typeof secretsManagerSecrets>;
  const answer = (password: string) => send.mockImplementation(async () => secret(password));

  beforeEach(() => {
    vi.useFakeTimers();
    send.mockReset();
    secrets = secretsManagerSecrets(client);
  });
  afterEach(() => vi.useRealTimers());

  it('are read once, however many ask at once, and kept for a while', async () => {
    answer('old');
    const asked = await Promise.all(Array.from({ length: 100 }, () => secrets.credentials('s')));
    expect(new Set(asked.map(({ password }) => password))).toEqual(new Set(['old']));
    await secrets.credentials('s');
    expect(send).toHaveBeenCalledTimes(1);
    answer('new');
    vi.advanceTimersByTime(300_000);
    expect(await secrets.credentials('s')).toMatchObject({ password: 'new' });
  });

  it('are read again when somebody must know, and kept from then on', async () => {
    answer('old');
    await secrets.credentials('s');
    answer('new');
    await Promise.all([secrets.credentials('s', { fresh: true }), secrets.credentials('s', { fresh: true })]);
    expect(await secrets.credentials('s')).toMatchObject({ password: 'new' });
    expect(send).toHaveBeenCalledTimes(2);
  });

  it('go on being used, however old, while they can not be read', async () => {
    answer('old');
    await secrets.credentials('s');
    send.mockImplementation(() => Promise.reject(new Error('throttled')));
    vi.advanceTimersByTime(3_600_000);
    expect(await secrets.credentials('s')).toMatchObject({ password: 'old' });
    await expect(secrets.credentials('s', { fresh: true })).rejects.toThrow('throttled');
  });

  it('are not told in the error when they are no JSON', async () => {
    send.mockImplementation(async () => ({ SecretString: 'p4ssw0rd' }));
    const error: unknown = await secrets.credentials('s').catch((each: unknown) => each);
    expect(String(error)).toContain('secret s holds no JSON');
    expect(JSON.stringify(error)).not.toContain('p4ssw0rd');
  });
});
