import { beforeEach, describe, expect, it } from 'vitest';
import { accountOf, type Account } from '../../lambdas/account.ts';
import { CloudError, DatabaseError } from '../../lib/core/errors.ts';
import type { Credentials } from '../../lib/ports/database.ts';
import { VirtualClock } from '../fakes/virtual-clock.ts';

const as = (password: string): Credentials => ({ username: 'monitor', password });
const DENIED = { failure: 'denied' };

describe('an account whose password is rotated', () => {
  let clock: VirtualClock;
  let account: Account;
  /** What Secrets Manager holds, what is kept of it, and what the server takes. */
  let stored: string;
  let kept: string | null;
  let taken: readonly string[];
  let reads: number;
  let tried: string[];

  beforeEach(() => {
    clock = new VirtualClock(0);
    stored = 'old';
    kept = null;
    taken = ['old'];
    reads = 0;
    tried = [];
    const credentials = async (_: string, { fresh } = { fresh: false }) => {
      if (fresh || kept === null) {
        reads += 1;
        kept = stored;
      }
      return as(kept);
    };
    account = accountOf({ credentials }, 'monitor', clock);
  });

  const connect = () =>
    account.connect(async ({ password }) => {
      tried.push(password);
      if (!taken.includes(password)) throw new DatabaseError('denied', `${password} is refused`);
      return password;
    });

  it('is not asked for again while its password works', async () => {
    await connect();
    await connect();
    expect(reads).toBe(1);
    expect(tried).toEqual(['old', 'old']);
  });

  it('is read again at once when the password that was kept is refused', async () => {
    await connect();
    [stored, taken] = ['new', ['new']];
    expect(await connect()).toBe('new');
    expect(reads).toBe(2);
  });

  it('works by the old password where a server lags behind the secret', async () => {
    await connect();
    stored = 'new';
    kept = 'new';
    expect(await connect()).toBe('old');
    expect(tried).toEqual(['old', 'new', 'old']);
  });

  it('works by either while a server takes both', async () => {
    await connect();
    [stored, taken] = ['new', ['old', 'new']];
    expect(await connect()).toBe('old');
    kept = null;
    expect(await connect()).toBe('new');
  });

  it('is refused, each password tried once, and read again now and then only, when no password works', async () => {
    taken = [];
    for (let round = 0; round < 10; round += 1) {
      await expect(connect()).rejects.toMatchObject(DENIED);
      await clock.pass(1_000);
    }
    expect(tried).toHaveLength(10);
    // The first time, then at the first refusal and five seconds later.
    expect(reads).toBe(3);
  });

  it('is as refused as before when the secret can not be read again', async () => {
    const credentials = (_: string, { fresh } = { fresh: false }) =>
      fresh ? Promise.reject(new CloudError('throttled')) : Promise.resolve(as('wrong'));
    account = accountOf({ credentials }, 'monitor', clock);
    await expect(connect()).rejects.toMatchObject(DENIED);
  });

  it('is not read again for another failure', async () => {
    const cut = new DatabaseError('cut', 'cut');
    await expect(account.connect(() => Promise.reject(cut))).rejects.toBe(cut);
    expect(reads).toBe(1);
  });
});
