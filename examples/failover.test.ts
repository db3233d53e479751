/**
 * How an application's own test uses the lab: real servers, the deployed stack, and a primary that dies in the middle of
 * work. Copy it.
 */
import { createPool, type Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLab, type RunningLab } from 'cdk-db-failover/lab';

/** The application under test: it takes orders, and tries again when it is not sure that one was kept. */
class Shop {
  private readonly pool: Pool;

  constructor(database: { host: string; port: number; user: string; password: string; database: string }) {
    this.pool = createPool({ ...database, connectionLimit: 2, connectTimeout: 1_000 });
  }

  async open(): Promise<void> {
    await this.pool.query('CREATE TABLE orders (id INT PRIMARY KEY)');
  }

  /** Resolves when the order is kept: an order has its own number, so it may safely be sent twice. */
  async take(id: number): Promise<void> {
    const giveUpAt = Date.now() + 30_000;
    for (;;) {
      try {
        await this.pool.query({ sql: 'INSERT IGNORE INTO orders VALUES (?)', values: [id], timeout: 1_000 });
        return;
      } catch (error) {
        if (Date.now() > giveUpAt) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async orders(): Promise<number[]> {
    const [rows] = await this.pool.query('SELECT id FROM orders ORDER BY id');
    return (rows as { id: number }[]).map(({ id }) => id);
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

describe('the shop', () => {
  let lab: RunningLab;
  let shop: Shop;

  beforeAll(async () => {
    lab = await startLab({
      engine: 'mariadb',
      topology: { replicas: 2, semiSync: 'required' },
      detection: { intervalMs: 500, failures: 2 },
    });
    shop = new Shop({ ...lab.vip, ...lab.application });
    await shop.open();
  }, 120_000);

  afterAll(async () => {
    await shop?.close();
    await lab?.close();
  });

  it('keeps every order while its primary dies and another takes over', async () => {
    const taken: number[] = [];
    for (let id = 1; id <= 20; id += 1) {
      if (id === 10) await lab.faults.kill();
      await shop.take(id);
      taken.push(id);
    }

    const failover = await lab.waitForFailover();
    expect(failover).toMatchObject({ oldPrimary: 'db-1', route: 'vip', possibleLoss: 0 });
    expect(await lab.primary()).toBe(failover.newPrimary);
    expect(await shop.orders()).toEqual(taken);
  }, 60_000);
});
