import { describe, expect, it } from 'vitest';
import { actorSchema, dispatcher, stepOf } from '../../lambdas/step.ts';
import { InvalidInput } from '../../lib/core/errors.ts';

describe('a function of several steps', () => {
  const steps = { echo: stepOf(actorSchema, (input, context: string) => Promise.resolve({ input, context })) };
  const handler = dispatcher(steps, 'context');
  const actor = { cluster: 'orders', epoch: 2, execution: 'orders-e2' };

  it('runs the one that is named, with what its schema knows of the input', async () => {
    expect(await handler({ step: 'echo', ...actor, more: 1 } as object)).toEqual({ input: actor, context: 'context' });
  });

  it.each([undefined, 'fence', 'constructor', 7])('refuses the step %s with those that it has', async (step) => {
    const refusal = handler({ step });
    await expect(refusal).rejects.toBeInstanceOf(InvalidInput);
    await expect(refusal).rejects.toThrow('use one of echo');
  });

  it('refuses an input that a step can not use, with the field', async () => {
    await expect(handler({ step: 'echo', ...actor, epoch: '2' } as object)).rejects.toThrow(
      "field epoch of the step's input: ",
    );
  });
});
