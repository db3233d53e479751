import { describe, expect, it } from 'vitest';
import { knownRecord } from '../../../lambdas/monitor/record.ts';
import { READ_EVERY_MS, sharedRecords } from '../../../lambdas/monitor/records.ts';
import { CloudError } from '../../../lib/core/errors.ts';
import { NOW } from '../../core/examples.ts';
import { exampleCluster } from '../../fakes/example-config.ts';
import { memoryStateStore } from '../../fakes/memory-state-store.ts';
import { VirtualClock } from '../../fakes/virtual-clock.ts';

const cluster = exampleCluster();

/** One of so many clusters that are watched together, and the calls that it takes to know its record. */
async function watchedTogether(count = 1) {
  const clock = new VirtualClock(NOW);
  const table = memoryStateStore();
  await table.register('orders', 'db-1');
  const calls: string[] = [];
  const log: string[] = [];
  const outage = { isOn: false };
  const counted = <T>(name: string, call: () => Promise<T>): Promise<T> => {
    calls.push(name);
    return outage.isOn ? Promise.reject(new CloudError('the table is out of reach')) : call();
  };
  const state = {
    ...table,
    read: (id: string) => counted('read', () => table.read(id)),
    readAll: (ids: readonly string[]) => counted(`readAll ${ids.length}`, () => table.readAll(ids)),
  };
  const clusters = ['orders', ...Array.from({ length: count - 1 }, (_, index) => `other-${index}`)];
  const records = sharedRecords({ clusters, state, clock, log: (line) => log.push(line) });
  const known = knownRecord(cluster, { state, clock, records });
  /** Looks each second, and answers what was read meanwhile. */
  const look = async (seconds: number, isWell = true) => {
    calls.length = 0;
    for (let second = 0; second < seconds; second += 1) {
      await known.current(isWell);
      await clock.pass(1_000);
    }
    return [...calls];
  };
  return { clock, table, known, records, look, log, outage };
}

describe('the record of a cluster', () => {
  it('is read together with others at first, and each fifteen seconds while all is well', async () => {
    const { look } = await watchedTogether();
    expect(await look(61)).toEqual(Array.from({ length: 5 }, () => 'readAll 1'));
  });

  it('is read alone and in each round while the primary is not well', async () => {
    const { look } = await watchedTogether();
    await look(1);
    expect(await look(3, false)).toEqual(['read', 'read', 'read']);
  });

  it('is read alone in each round while a change is under way, however well all is', async () => {
    const { look, table, known } = await watchedTogether();
    await look(1);
    await table.open((await table.read('orders'))!, 'orders-e2');
    await look(20);
    expect(known.latest).toMatchObject({ phase: 'changing', epoch: 2 });
    expect(await look(3)).toEqual(['read', 'read', 'read']);
  });

  it('is registered when there is none', async () => {
    const { clock, known } = await watchedTogether();
    const other = { ...cluster, id: 'new' };
    const state = memoryStateStore();
    const records = sharedRecords({ clusters: ['new'], state, clock, log: () => {} });
    expect(await knownRecord(other, { state, clock, records }).current(true)).toMatchObject({ epoch: 1 });
    expect(await state.read('new')).toMatchObject({ primary: 'db-1' });
    expect(known.latest).toBeNull();
  });

  it('holds up no round while the table is out of reach, once it is known', async () => {
    const { look, known, log, outage } = await watchedTogether();
    outage.isOn = true;
    await expect(known.current(true)).rejects.toThrow(CloudError);
    outage.isOn = false;
    await look(1);
    outage.isOn = true;
    await look(2, false);
    await look(READ_EVERY_MS / 1_000);
    expect(known.latest).toMatchObject({ epoch: 1 });
    expect(log).toEqual(['could not read the records: the table is out of reach']);
  });
});

describe('records of many clusters', () => {
  it('are read by hundreds, at first all, and then one batch after another', async () => {
    const many = await watchedTogether(250);
    await many.records.prepare();
    const readAtMs = new Map<number, number>();
    for (let ms = 0; ms <= READ_EVERY_MS + 500; ms += 500) {
      for (const [batch, name] of ['orders', 'other-150', 'other-230'].entries()) {
        const { atMs } = await many.records.latest(name);
        if (atMs > NOW && !readAtMs.has(batch)) readAtMs.set(batch, atMs - NOW);
      }
      await many.clock.pass(500);
    }
    expect([...readAtMs.values()]).toEqual([5_000, 10_000, 15_000]);
  });
});
