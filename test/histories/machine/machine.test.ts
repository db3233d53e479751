/**
 * Whether the machine of the histories is the machine that is deployed.
 *
 * @module
 */
import jsonata from 'jsonata';
import { describe, expect, it } from 'vitest';
import { TaskError } from '../../../lab/cloud/asl/failure.ts';
import type { Json } from '../../../lab/cloud/asl/json.ts';
import { workflowDefinition } from '../../../lib/constructs/workflow/definition.ts';
import { run } from '../../lab/asl/run-machine.ts';
import { Timeline } from '../timeline.ts';
import { compileBranch, expressionsOf } from './compiled.ts';
import { compileExpression } from './expression.ts';
import { Machine, type Outcome } from './machine.ts';

const DEFINITION = workflowDefinition({
  databaseFunction: 'database',
  networkFunction: 'network',
  fenceFunction: 'fence',
});

describe('each expression of the definition means what jsonata says', () => {
  const problem = { Error: 'FenceUnproven', Cause: JSON.stringify({ errorMessage: 'no proof' }) };
  const results: unknown[] = [
    {
      Payload: {
        cluster: 'orders',
        epoch: 2,
        oldPrimary: 'db-1',
        candidate: 'db-2',
        instanceStateCode: 16,
        force: true,
        route: 'vip',
      },
    },
    [{ outcome: 'verified', route: 'dns' }, { outcome: 'repointed' }],
  ];
  const inputs: unknown[] = [
    {},
    { cluster: 'orders', mode: 'failover', trigger: { kind: 'monitor' }, force: true, dismiss: 'db-2' },
    ...['opened', 'confirmed', 'verified', 'waiting', 'refused'].map((outcome) => ({ outcome, because: 'so' })),
  ];
  const variables: Readonly<Record<string, unknown>> = {
    cluster: 'orders',
    epoch: 2,
    oldPrimary: 'db-1',
    candidate: 'db-2',
    instanceStateCode: -1,
    force: false,
    route: 'vip',
    problem,
  };

  it.each(expressionsOf(DEFINITION).map((text) => [text]))('%s', async (text) => {
    const compiled = compileExpression(text);
    const real = jsonata(text);
    real.registerFunction('parse', (value: string) => JSON.parse(value) as unknown);
    for (const input of inputs) {
      for (const result of results) {
        const states = { input, result, errorOutput: problem, context: { Execution: { Id: 'orders-e2' } } };
        const ours = compiled({ states, variable: (name) => variables[name] });
        const theirs: unknown = await real.evaluate({}, { states, ...variables });
        expect(ours).toEqual(plain(theirs));
      }
    }
  });

  it('and one of another shape is refused', () => {
    for (const text of ['$sum($states.input)', '1 + 2', '$states.input[x > 1]', '$a ~> $b']) {
      expect(() => compileExpression(text)).toThrow('teach it');
    }
  });
});

/** jsonata marks its arrays. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

describe('executions go the same way as in the interpreter of the lab', () => {
  const WELL: Readonly<Record<string, Json>> = {
    open: { outcome: 'opened', cluster: 'orders', epoch: 2, oldPrimary: 'db-1', instanceStateCode: -1, force: false },
    confirm: { outcome: 'confirmed', because: 'so' },
    plan: { outcome: 'planned' },
    reopen: { outcome: 'reopened', candidate: 'db-1', route: 'vip' },
    settle: { outcome: 'settled', candidate: 'db-2' },
    'verify-route': { outcome: 'verified', route: 'vip' },
    'instance-state': { outcome: 'asked', instanceStateCode: 64 },
    'check-instance': { outcome: 'stopped' },
    'point-record': { outcome: 'pointed' },
  };
  /** What each step answers, one after another; an error is its name. */
  const cases: readonly (readonly [name: string, answers: Readonly<Record<string, readonly (Json | string)[]>>])[] = [
    ['all goes well', {}],
    ['the start is refused', { open: [{ ...refused, because: 'cooling down' }] }],
    ['the start fails', { open: ['CloudError', 'CloudError', 'CloudError'] }],
    ['the input is wrong', { open: ['InvalidInput'] }],
    ['it is not confirmed', { confirm: [{ outcome: 'not-confirmed', because: 'it lives' }] }],
    [
      'the evidence comes late',
      {
        confirm: [
          { outcome: 'waiting', because: 'not yet' },
          { outcome: 'confirmed', because: 'it stops' },
        ],
      },
    ],
    ['nobody can be promoted', { plan: ['PromotionRefused'] }],
    ['it is reopened', { plan: [{ outcome: 'reopening', because: 'it was restarted' }] }],
    [
      'it can not be reopened',
      { plan: [{ outcome: 'reopening', because: 'it was restarted' }], reopen: ['TypeError'] },
    ],
    ['the plan answers what nobody knows', { plan: [{ outcome: 'what', because: 'so' }] }],
    ['the plan fails', { plan: ['TypeError'] }],
    ['the proof takes long', { prove: ['FenceNotYetProven', 'FenceNotYetProven', { outcome: 'proven' }] }],
    ['Lambda fails for a while', { promote: ['Lambda.ServiceException', 'Lambda.ServiceException', {}] }],
    ['Lambda fails for good', { promote: Array.from({ length: 9 }, () => 'Lambda.ServiceException') }],
    ['the address stays', { 'move-address': ['RouteNotMoved'] }],
    [
      'the route is lost',
      {
        'verify-route': [
          { outcome: 'lost', because: 'a' },
          { outcome: 'lost', because: 'b' },
        ],
      },
    ],
    ['the stop takes long', { 'check-instance': [{ outcome: 'waiting' }, 'CloudError', { outcome: 'stopped' }] }],
    ['even the halt fails', { settle: ['PromotionRefused'], halt: Array.from({ length: 99 }, () => 'CloudError') }],
  ];
  const INPUT = { cluster: 'orders', mode: 'failover', trigger: { kind: 'monitor', monitor: 'a', epoch: 1 } };

  it.each(cases)('%s', async (_name, answers) => {
    const taker = () => {
      const left = new Map(Object.entries(answers).map(([step, each]) => [step, [...each]]));
      return (step: string) => left.get(step)?.shift() ?? WELL[step] ?? { outcome: 'done' };
    };

    const theirs = taker();
    const lab = await run(DEFINITION, {
      input: INPUT,
      resource: (args) => {
        const answer = theirs((args as { Payload: { step: string } }).Payload.step);
        if (typeof answer === 'string') throw new TaskError(answer, CAUSE);
        return { Payload: answer };
      },
    });

    const ours = taker();
    const timeline = new Timeline();
    const payloads: unknown[] = [];
    const machine = new Machine(compileBranch(DEFINITION), timeline, (_execution, args, answer) => {
      const { Payload } = args as { Payload: { step: string } };
      payloads.push(Payload);
      const given = ours(Payload.step);
      const outcome: Outcome =
        typeof given === 'string' ? { ok: false, error: given, cause: CAUSE } : { ok: true, value: { Payload: given } };
      answer(outcome);
    });
    machine.start('one', INPUT);
    await timeline.run(100_000);

    const entered = machine.entered.map((each) => each.slice('one '.length));
    expect(entered.toSorted()).toEqual(lab.states.toSorted());
    expect(machine.executions.get('one')?.status).toBe(lab.result.status.toLowerCase());
    const theirPayloads = lab.calls.map((call) => ({ ...(call as { Payload: object }).Payload, execution: 'one' }));
    expect(sorted(payloads)).toEqual(sorted(theirPayloads));
  });
});

const refused = { outcome: 'refused', cluster: '', epoch: 0, oldPrimary: '', instanceStateCode: -1, force: false };
const CAUSE = JSON.stringify({ errorType: 'some', errorMessage: 'as it was thrown', trace: [] });

function sorted(payloads: readonly unknown[]): string[] {
  return payloads.map((each) => JSON.stringify(each, Object.keys(each as object).toSorted())).toSorted();
}
