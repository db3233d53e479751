import { describe, expect, it } from 'vitest';
import { databaseSteps } from '../../lambdas/database/steps.ts';
import { fenceSteps } from '../../lambdas/fence/steps.ts';
import { networkSteps } from '../../lambdas/network/steps.ts';
import { rehearsalDefinition } from '../../lib/constructs/workflow/rehearsal-definition.ts';
import { workflowDefinition } from '../../lib/constructs/workflow/definition.ts';
import type { Branch } from '../../lib/constructs/workflow/states.ts';

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
const functions = { databaseFunction: 'database', networkFunction: 'network', fenceFunction: 'fence' };
const had = Object.entries(byFunction).flatMap(([name, steps]) => Object.keys(steps).map((step) => `${name}/${step}`));
const definition = workflowDefinition(functions);

describe('the functions', () => {
  it('have every step that the state machine asks of them, those that operators call, and no other', () => {
    const byHand = ['database/boot-read-only'];
    expect(had.sort()).toEqual([...new Set([...asked(definition), ...byHand])].sort());
  });

  it('are all rehearsed, and nothing that changes a cluster is asked of them then', () => {
    expect(asked(rehearsalDefinition(functions)).sort()).toEqual([
      'database/rehearse',
      'fence/rehearse',
      'network/gather-rehearsal',
      'network/rehearse',
    ]);
  });

  it('share no step of a change, so that none can do what another is for', () => {
    const steps = had.map((each) => each.replace(/^.*\//, ''));
    expect(new Set(steps).size).toBe(steps.length);
  });

  it('leave what EC2 is slow at to the fence function, so that the way of the promotion finds the others free', () => {
    expect(Object.keys(fenceSteps).sort()).toEqual(['check-instance', 'isolate', 'stop-instance']);
  });
});
