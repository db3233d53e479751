import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { workflowDefinition } from '../../lib/constructs/workflow/definition.ts';
import type { Branch } from '../../lib/constructs/workflow/states.ts';
import { exampleConfig } from '../constructs/example.ts';

/** What Lambda gives a function: its code's directory, and the variables that the stack sets. */
const taskRoot = mkdtempSync(join(tmpdir(), 'failover-function-'));
writeFileSync(join(taskRoot, 'config.json'), JSON.stringify(exampleConfig()));
vi.stubEnv('LAMBDA_TASK_ROOT', taskRoot);
for (const name of ['TABLE_NAME', 'TOPIC_ARN', 'STATE_MACHINE_ARN', 'FENCE_SECURITY_GROUP_ID']) {
  vi.stubEnv(name, 'unused');
}
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(taskRoot, { recursive: true, force: true });
});

const { databaseSteps } = await import('../../lambdas/database/index.ts');
const { networkSteps } = await import('../../lambdas/network/index.ts');
const { fenceSteps } = await import('../../lambdas/fence/index.ts');

interface Asked {
  readonly FunctionName: string;
  readonly Payload: { readonly step: string };
}

/** Every pair of function and step that the state machine asks for, as `function/step`. */
function asked(branch: Branch): string[] {
  return Object.values(branch.States).flatMap((state) => {
    const branches = (state['Branches'] ?? []) as readonly Branch[];
    const task = state['Arguments'] as Asked | undefined;
    return [...(task === undefined ? [] : [`${task.FunctionName}/${task.Payload.step}`]), ...branches.flatMap(asked)];
  });
}

const byFunction = { database: databaseSteps, network: networkSteps, fence: fenceSteps };
const had = Object.entries(byFunction).flatMap(([name, steps]) => Object.keys(steps).map((step) => `${name}/${step}`));
const definition = workflowDefinition({
  databaseFunction: 'database',
  networkFunction: 'network',
  fenceFunction: 'fence',
});

describe('the functions', () => {
  it('have every step that the state machine asks of them, those that operators and schedules call, and no other', () => {
    const scheduled = Object.keys(byFunction).map((name) => `${name}/ready`);
    const byHand = ['database/boot-read-only'];
    expect(had.sort()).toEqual([...new Set([...asked(definition), ...scheduled, ...byHand])].sort());
  });

  it('share no step but ready, so that none can do what another is for', () => {
    const steps = had.map((each) => each.replace(/^.*\//, '')).filter((step) => step !== 'ready');
    expect(new Set(steps).size).toBe(steps.length);
  });

  it('leave what EC2 is slow at to the fence function, so that the way of the promotion finds the others free', () => {
    expect(Object.keys(fenceSteps).sort()).toEqual(['check-instance', 'isolate', 'ready', 'stop-instance']);
  });
});
