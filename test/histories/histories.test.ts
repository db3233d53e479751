/**
 * Generated histories around the real core, the real steps and the deployed state machine. `bench/histories.ts` runs
 * more of them.
 *
 * @module
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { campaign, explain, type Bounds } from './campaign.ts';
import { scriptedFaults } from './faults.ts';
import { muteFunctionLogs, runHistory } from './history.ts';
import { SABOTAGES } from './sabotage.ts';
import type { Script, Setting, WorldEvent } from './script.ts';

/** A second or two of them each. A number, and not a time: a fixed seed shall mean the same histories everywhere. */
const HISTORIES = 1_500;

beforeAll(() => {
  muteFunctionLogs();
});

async function hold(bounds: Bounds) {
  const tally = await campaign(bounds);
  if (tally.failed !== null) throw new Error(await explain(bounds, tally.failed));
  return tally;
}

describe('[invariant 1] [invariant 2] [invariant 3] [invariant 4] [invariant 5] [invariant 6] [invariant 8] hold in generated histories', () => {
  it('of a fixed seed, of which many end with a new primary', { timeout: 60_000 }, async () => {
    const { promoted, promotedTwice, proofs } = await hold({ seed: 3, histories: HISTORIES });
    expect(promoted / HISTORIES).toBeGreaterThan(0.3);
    expect(promotedTwice).toBeGreaterThan(0);
    // The policy of these clusters does not accept isolation.
    const kinds = ['acks-revoked', 'dead-and-boots-read-only', 'instance-stopped', 'read-only', 'same-server'];
    expect(Object.keys(proofs).toSorted()).toEqual(kinds);
  });

  it('of a fresh seed', { timeout: 60_000 }, async ({ annotate }) => {
    const seed = Date.now() % 1_000_000_007;
    await annotate(`seed ${seed}`);
    const { promoted } = await hold({ seed, histories: HISTORIES });
    expect(promoted / HISTORIES).toBeGreaterThan(0.3);
  });
});

const SETTING: Setting = {
  engine: 'mariadb',
  nodes: 3,
  semiSync: 'required',
  bootsReadOnly: true,
  survivesRestart: true,
  startsReceiving: false,
  stopMs: 8_000,
  remapMs: 200,
};

describe('when nothing fails but the primary, it is replaced', () => {
  const losses: readonly WorldEvent['do'][] = ['kill', 'hang', 'power off'];
  const settings = losses.flatMap((loss) =>
    (['mariadb', 'mysql'] as const).flatMap((engine) =>
      (['required', 'off'] as const).map((semiSync) => ({ loss, engine, semiSync })),
    ),
  );
  it.each(settings)('$loss, $engine, semi-sync $semiSync', async ({ loss, engine, semiSync }) => {
    const script: Script = {
      setting: { ...SETTING, engine, semiSync },
      events: [
        { at: 500, do: 'commit', node: 'db-1' },
        { at: 1_000, do: loss, node: 'db-1' } as WorldEvent,
        { at: 4_000, do: 'monitor starts', monitor: 'b' },
        { at: 30_000, do: 'commit', node: 'db-2' },
      ],
      faults: {},
    };
    const { violation, ends, world } = await runHistory(script, scriptedFaults({}));
    expect(violation).toBeNull();
    expect(ends).toEqual(['Failed over']);
    // The commit of before, and the one of after.
    expect(world.fleet.acknowledged.length).toBeGreaterThanOrEqual(2);
  });
});

describe('when its server is killed and started again at once', () => {
  it.each(['mariadb', 'mysql'] as const)('%s is reopened, and nobody else', async (engine) => {
    const script: Script = {
      setting: { ...SETTING, engine, survivesRestart: false },
      events: [
        { at: 500, do: 'commit', node: 'db-1' },
        { at: 1_000, do: 'kill', node: 'db-1' },
        { at: 1_400, do: 'restart', node: 'db-1' },
        { at: 4_000, do: 'monitor starts', monitor: 'b' },
        { at: 30_000, do: 'commit', node: 'db-1' },
      ],
      faults: {},
    };
    const { violation, ends, world } = await runHistory(script, scriptedFaults({}));
    expect(violation).toBeNull();
    expect(ends).toEqual(['Reopened']);
    expect(world.fleet.acknowledged.length).toBeGreaterThanOrEqual(2);
  });
});

describe('the oracle notices when', () => {
  it.each(SABOTAGES)('$name', { timeout: 60_000 }, async ({ steps, breaks }) => {
    const bounds: Bounds = { seed: 5, histories: 3_000, steps };
    const { failed } = await campaign(bounds);
    expect(failed).not.toBeNull();
    const explained = await explain(bounds, failed ?? 0);
    expect(breaks.map((invariant) => `[invariant ${invariant}]`).some((each) => explained.includes(each))).toBe(true);
  });
});
