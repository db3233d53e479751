import { describe, expect, it } from 'vitest';
import { actorSchema, dispatcher, stepOf } from '../../lambdas/step.ts';
import { InvalidInput, StaleActor } from '../../lib/core/errors.ts';
import { Failover, failover } from './failover.ts';

describe('a function of several steps', () => {
  const steps = { echo: stepOf(actorSchema, (input, context: string) => Promise.resolve({ input, context })) };
  const handler = dispatcher(steps, 'context');
  const actor = { cluster: 'orders', epoch: 2, execution: 'orders-e2' };

  it('runs the one that is named, with what its schema knows of the input', async () => {
    expect(await handler({ step: 'echo', ...actor, more: 1 } as object)).toEqual({ input: actor, context: 'context' });
  });

  it('names all that it has', async () => {
    const two = dispatcher({ ...steps, other: steps.echo }, 'context');
    await expect(two({ step: 'third' })).rejects.toThrow('step: received "third"; use one of echo, other');
  });

  it.each([undefined, 'fence', 'constructor', 7])('refuses the step %s with those that it has', async (step) => {
    const refusal = handler({ step });
    await expect(refusal).rejects.toBeInstanceOf(InvalidInput);
    await expect(refusal).rejects.toThrow('use one of echo');
  });

  it('refuses an input that a step can not use, with the field', async () => {
    await expect(handler({ step: 'echo', ...actor, epoch: '2' } as object)).rejects.toThrow(
      "field epoch of the step's input: Invalid input: expected number, received string",
    );
  });
});

describe('[invariant 2] who may not act is told why', () => {
  it.each([
    ['plan', 'orders-e2 does not hold cluster orders under epoch 2: it is at epoch none, held by nobody'],
    ['isolate', 'orders-e2 may not fence db-1 under epoch 2: cluster orders is at epoch none with no primary'],
  ] as const)('%s, of a cluster without a record', async (step, because) => {
    const world = new Failover();
    await expect(world.step(step)).rejects.toBeInstanceOf(StaleActor);
    await expect(world.step(step)).rejects.toThrow(because);
  });

  it.each([
    ['plan', 'late does not hold cluster orders under epoch 2: it is at epoch 2, held by orders-e2'],
    ['isolate', 'late may not fence db-1 under epoch 2: cluster orders is at epoch 2 with db-1 primary'],
  ] as const)('%s, of another execution', async (step, because) => {
    const world = await (await failover()).before('plan');
    await expect(world.step(step, { execution: 'late' })).rejects.toThrow(because);
  });

  it('a fence of another execution, although the old primary is replaced already', async () => {
    const world = await (await failover()).before('move-address');
    await expect(world.step('isolate', { execution: 'late' })).rejects.toBeInstanceOf(StaleActor);
  });
});
