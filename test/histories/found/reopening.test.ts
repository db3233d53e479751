/**
 * A reopening that broke off with a statement on its way, which opens the old primary long after it was proven read-only.
 *
 * @module
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { scriptedFaults } from '../faults.ts';
import { muteFunctionLogs, runHistory } from '../history.ts';
import { REOPENING_FORGOTTEN } from '../sabotage.ts';
import type { Script } from '../script.ts';

const LATE_STATEMENT: Script = {
  setting: {
    engine: 'mariadb',
    nodes: 3,
    semiSync: 'required',
    bootsReadOnly: true,
    survivesRestart: true,
    startsReceiving: false,
    stopMs: 8_000,
    remapMs: 0,
  },
  events: [
    { at: 1_000, do: 'kill', node: 'db-1' },
    { at: 2_000, do: 'restart', node: 'db-1' },
    { at: 4_000, do: 'monitor starts', monitor: 'a' },
    { at: 90_000, do: 'operator starts', name: 'by-hand', force: true },
  ],
  faults: {
    'orders-e2 reopen 1: state.append 2': { response: 10_000 },
    'orders-e2 reopen 1: db-1 read semi-sync source 2': { dies: 'after' },
    'orders-e2 reopen 2: db-1 observe 2': { request: 20_000 },
    'orders-e2 reopen 3: db-1 open for writes 1': { request: 70_000 },
  },
};

beforeAll(() => {
  muteFunctionLogs();
});

describe('[invariant 1] a reopening that broke off, whose last statement arrives after the next change began', () => {
  it('opens nobody, as the next change waits until the instance is stopped', async () => {
    const { violation, world } = await runHistory(LATE_STATEMENT, scriptedFaults(LATE_STATEMENT.faults));
    expect(violation).toBeNull();
    expect(world.journal(3).find((event) => event.code === 'fence-proven')).toMatchObject({
      proof: 'instance-stopped',
    });
  });

  it('would open a second primary if the next change forgot it', async () => {
    const faults = scriptedFaults(LATE_STATEMENT.faults);
    const { violation } = await runHistory(LATE_STATEMENT, faults, { steps: REOPENING_FORGOTTEN });
    expect(violation?.invariant).toBe(1);
  });
});
