import { describe, expect, it } from 'vitest';
import { bootReadOnly, type BootFinding } from '../../../lambdas/database/boot-read-only.ts';
import { exampleConfig } from '../../fakes/example-config.ts';
import { FakeWorld } from '../../fakes/fake-world.ts';

async function call(world: FakeWorld) {
  return (await world.clock.run(bootReadOnly({ cluster: 'orders' }, world.databaseContext))) as {
    readonly outcome: string;
    readonly nodes: readonly BootFinding[];
  };
}
async function worldWhere(seen: boolean | 'unknown', config = exampleConfig({ bootsReadOnly: false })) {
  const world = new FakeWorld(config);
  await world.state.register('orders', 'db-1');
  world.fleet.server('db-1').bootsReadOnly = seen;
  return world;
}

describe('boot read-only', () => {
  it('says of each server what is known, and that nothing is left to do', async () => {
    expect(await call(await worldWhere(true))).toEqual({
      outcome: 'all-boot-read-only',
      nodes: ['db-1', 'db-2', 'db-3'].map((nodeId) => ({ nodeId, seen: true, bootsReadOnly: true, todo: null })),
    });
  });

  it.each([
    ['unknown', /"read_only = ON" under \[mysqld\].*then set bootsReadOnly: true/],
    [false, /last started without it: put "read_only = ON"/],
  ] as const)('says which line to write where SQL can not make it so (seen as %s)', async (seen, todo) => {
    const { outcome, nodes } = await call(await worldWhere(seen));
    expect(outcome).toBe('something-to-do');
    expect(nodes[0]).toMatchObject({ nodeId: 'db-1', seen, bootsReadOnly: seen, todo: expect.stringMatching(todo) });
    expect(nodes.slice(1).map((node) => node.todo)).toEqual([null, null]);
  });

  it('is content with a declaration, but not against what was seen', async () => {
    const declared = exampleConfig({ bootsReadOnly: true });
    expect((await call(await worldWhere('unknown', declared))).outcome).toBe('all-boot-read-only');
    expect((await call(await worldWhere(false, declared))).outcome).toBe('something-to-do');
  });

  it('is content with what the record knew of the primary before it was opened', async () => {
    const world = await worldWhere('unknown');
    const record = (await world.record())!;
    world.state.read = () => Promise.resolve({ ...record, bootsReadOnly: true });
    expect((await call(world)).nodes[0]).toMatchObject({ seen: 'unknown', bootsReadOnly: true, todo: null });
  });

  it('says of a server that could not be asked why, and goes on with the others', async () => {
    const world = await worldWhere(true, exampleConfig({ engine: 'mysql' }));
    world.fleet.fail('db-3', 'down');
    const { outcome, nodes } = await call(world);
    expect(outcome).toBe('something-to-do');
    expect(nodes[2]).toMatchObject({
      nodeId: 'db-3',
      seen: 'unknown',
      todo: expect.stringMatching(/refused the connection; .*PERSIST_RO_VARIABLES_ADMIN, then call this again/),
    });
    expect(nodes[1]).toMatchObject({ todo: null });
  });

  it('changes nothing of a running server, of the record or of the journal', async () => {
    const world = await worldWhere('unknown');
    const before = await world.everything();
    await call(world);
    expect(await world.everything()).toEqual(before);
  });

  it('names a cluster that it does not know', async () => {
    const world = await worldWhere(true);
    await expect((async () => bootReadOnly({ cluster: 'billing' }, world.databaseContext))()).rejects.toThrow(
      'cluster: received "billing"; use one of orders',
    );
  });
});
