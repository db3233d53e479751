/**
 * The definition, run by the lab's interpreter in virtual time, with functions that answer as each case needs: where
 * each answer leads, and what people read at the end.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { TaskError } from '../../lab/cloud/asl/failure.ts';
import type { Json } from '../../lab/cloud/asl/json.ts';
import { workflowDefinition } from '../../lib/constructs/workflow/definition.ts';
import { run } from '../lab/asl/run-machine.ts';

type Answer = Json | (() => Json);

/** What every step answers when all goes well. */
const WELL: Readonly<Record<string, Answer>> = {
  open: { outcome: 'opened', cluster: 'orders', epoch: 2, oldPrimary: 'db-1', instanceStateCode: -1, force: false },
  confirm: { outcome: 'confirmed', because: 'two of three miss it' },
  'instance-state': { outcome: 'asked', instanceStateCode: 64 },
  plan: { outcome: 'planned' },
  'revoke-acks': { outcome: 'revoked' },
  prove: { outcome: 'proven' },
  settle: { outcome: 'settled', candidate: 'db-2' },
  promote: { outcome: 'promoted' },
  'move-address': { outcome: 'moved' },
  'verify-route': { outcome: 'verified', route: 'vip' },
  repoint: { outcome: 'repointed' },
  close: { outcome: 'closed' },
  demote: { outcome: 'demoted' },
  isolate: { outcome: 'isolated' },
  'stop-instance': { outcome: 'requested' },
  'check-instance': { outcome: 'stopped' },
  'point-record': { outcome: 'pointed' },
  'stand-down': { outcome: 'stood-down' },
  halt: { outcome: 'halted', because: 'as told' },
};

const MONITOR = { cluster: 'orders', mode: 'failover', trigger: { kind: 'monitor', monitor: 'a', epoch: 1 } };

/** As Lambda reports an error that a handler threw. */
function thrown(name: string, message: string): () => never {
  return () => {
    throw new TaskError(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
  };
}

async function workflow(answers: Readonly<Record<string, Answer>> = {}, input: Json = MONITOR) {
  const definition = workflowDefinition({ databaseFunction: 'd', networkFunction: 'n', fenceFunction: 'f' });
  const payloads: Record<string, Json[]> = {};
  const ran = await run(definition, {
    input,
    resource: (args) => {
      const { Payload } = args as { Payload: { step: string } };
      (payloads[Payload.step] ??= []).push(Payload);
      const answer = answers[Payload.step] ?? WELL[Payload.step] ?? null;
      return { StatusCode: 200, Payload: typeof answer === 'function' ? answer() : answer };
    },
  });
  return { ...ran, payloads };
}

describe('a failover that goes well', () => {
  it('succeeds, and tells each step the cluster, the epoch, the execution and whom it is about', async () => {
    const { result, payloads } = await workflow();
    expect(result.status).toBe('SUCCEEDED');
    const actor = { cluster: 'orders', epoch: 2, execution: expect.stringContaining(':execution:') };
    expect(payloads['open']).toEqual([expect.objectContaining({ ...MONITOR, force: false })]);
    expect(payloads['prove']).toEqual([expect.objectContaining({ ...actor, oldPrimary: 'db-1' })]);
    expect(payloads['promote']).toEqual([expect.objectContaining({ ...actor, oldPrimary: 'db-1', candidate: 'db-2' })]);
    expect(payloads['close']).toEqual([expect.objectContaining({ ...actor, candidate: 'db-2', route: 'vip' })]);
  });

  it('goes on fencing until EC2 says stopped, without keeping the promotion', async () => {
    let asked = 0;
    const { result, states } = await workflow({
      'check-instance': () => ({ outcome: (asked += 1) < 4 ? 'waiting' : 'stopped' }),
    });
    expect(result.status).toBe('SUCCEEDED');
    expect(states.indexOf('Close')).toBeLessThan(states.lastIndexOf('Check instance'));
  });

  it('asks EC2 anew before each look, while Confirm waits for evidence', async () => {
    const words = [{ instanceStateCode: 64 }, { instanceStateCode: 80 }];
    const { result, payloads } = await workflow({
      confirm: () => ({ outcome: words.length > 0 ? 'waiting' : 'confirmed', because: 'so' }),
      'instance-state': () => ({ outcome: 'asked', ...words.shift() }),
    });
    expect(result.status).toBe('SUCCEEDED');
    expect(payloads['confirm']).toEqual([
      expect.objectContaining({ instanceStateCode: -1 }),
      expect.objectContaining({ instanceStateCode: 64 }),
      expect.objectContaining({ instanceStateCode: 80 }),
    ]);
  });

  it('knows its cluster from Open, where what started it names none', async () => {
    const event = { trigger: { kind: 'ec2-event', instanceId: 'i-1', state: 'stopping' } };
    const { result, payloads } = await workflow({}, event);
    expect(result.status).toBe('SUCCEEDED');
    expect(payloads['open']).toEqual([expect.objectContaining({ cluster: '', mode: 'failover', ...event })]);
    expect(payloads['confirm']).toEqual([expect.objectContaining({ cluster: 'orders' })]);
  });

  it('asks for a proof again each second', async () => {
    let asked = 0;
    const notYet = thrown('FenceNotYetProven', 'no evidence yet');
    const { result, elapsedMs } = await workflow({
      prove: () => ((asked += 1) < 5 ? notYet() : { outcome: 'proven' }),
    });
    expect(result.status).toBe('SUCCEEDED');
    expect(elapsedMs).toBe(4_000);
  });

  it('waits for a proof although Lambda fails again and again while it does', async () => {
    let asked = 0;
    const notYet = thrown('FenceNotYetProven', 'no evidence yet');
    const throttled = thrown('Lambda.TooManyRequestsException', 'Rate Exceeded.');
    const { result } = await workflow({
      prove: () => ((asked += 1) < 9 ? (asked % 2 === 0 ? throttled() : notYet()) : { outcome: 'proven' }),
    });
    expect(result.status).toBe('SUCCEEDED');
  });

  it.each(['settle', 'promote', 'close'])('outlives half a minute in which AWS does nothing for %s', async (step) => {
    let asked = 0;
    const { result, elapsedMs } = await workflow({
      [step]: () => ((asked += 1) <= 6 ? thrown('CloudError', 'unavailable')() : (WELL[step] as Json)),
    });
    expect(result.status).toBe('SUCCEEDED');
    expect(elapsedMs).toBeGreaterThanOrEqual(30_000);
  });

  it.each(['open', 'settle', 'promote', 'close'])(
    'runs %s again when nobody heard of it in time, as it may have done its work',
    async (step) => {
      const failures = ['States.Timeout', 'Lambda.SdkClientException'];
      const { result, payloads } = await workflow({
        [step]: () => {
          const failure = failures.shift();
          if (failure !== undefined) throw new TaskError(failure);
          return WELL[step] as Json;
        },
      });
      expect(result.status).toBe('SUCCEEDED');
      expect(payloads[step]).toHaveLength(3);
    },
  );

  it('falls back to DNS when the address can’t be moved, or leads elsewhere', async () => {
    const cases = [{ 'move-address': thrown('CloudError', 'throttled') }, { 'verify-route': leadsElsewhereAtFirst() }];
    for (const answers of cases) {
      const { result, states, payloads } = await workflow(answers);
      expect(result.status).toBe('SUCCEEDED');
      expect(states).toEqual(expect.arrayContaining(['Fall back to DNS', 'Verify new primary']));
      expect(payloads['point-record']).toHaveLength(1);
    }
  });

  it.each(['demote', 'isolate', 'stop-instance', 'repoint'])('is not undone by a failure of %s', async (step) => {
    const { result, states } = await workflow({ [step]: thrown('DatabaseError', 'gone') });
    expect(result.status).toBe('SUCCEEDED');
    expect(states).toContain('Close');
  });
});

function leadsElsewhereAtFirst(): () => Json {
  let asked = 0;
  return () =>
    (asked += 1) === 1 ? { outcome: 'lost', because: 'it leads to db-1' } : { outcome: 'verified', route: 'dns' };
}

describe('[invariant 6] what is unclear ends before anything is promoted', () => {
  it.each([
    ['nobody can be promoted', { plan: thrown('PromotionRefused', 'promote nothing: db-3 is ahead') }],
    ['the fence is not proven in time', { prove: thrown('FenceUnproven', 'no sufficient proof within 300 s') }],
    ['nobody is settled on', { settle: thrown('PromotionRefused', 'promote nothing: positions diverge') }],
    ['replicas can’t be asked to stop', { 'revoke-acks': thrown('CloudError', 'the table is out of reach') }],
  ])('halted, when %s', async (_name, answers) => {
    const { result, states, payloads } = await workflow(answers);
    expect(result).toMatchObject({ status: 'FAILED', error: 'Halted', cause: 'as told' });
    expect(states).not.toContain('Promote');
    expect(payloads['halt']).toHaveLength(1);
  });

  it('halted with the problem itself, when even the halt can’t be recorded', async () => {
    const { result } = await workflow({
      plan: thrown('PromotionRefused', 'promote nothing: db-3 is ahead'),
      halt: thrown('CloudError', 'the table is out of reach'),
    });
    expect(result).toMatchObject({
      status: 'FAILED',
      error: 'Halted',
      cause: expect.stringContaining('db-3 is ahead'),
    });
  });

  it.each([
    [
      'the votes do not agree',
      { confirm: { outcome: 'not-confirmed', because: '1 of 3 misses it' } },
      '1 of 3 misses it',
    ],
    ['the votes can’t be read', { confirm: thrown('CloudError', 'no table') }, 'no table'],
  ])('stood down, when %s', async (_name, answers, because) => {
    const { result, states, payloads } = await workflow(answers);
    expect(result.status).toBe('SUCCEEDED');
    expect(states.at(-1)).toBe('Stood down');
    expect(states).not.toContain('Fail over');
    expect(payloads['stand-down']).toEqual([expect.objectContaining({ because: expect.stringContaining(because) })]);
  });
});

describe('a start that can’t be used is refused, and nobody is alarmed', () => {
  it.each<[string, Json, Readonly<Record<string, Answer>>, string]>([
    ['for a reason that the step gives', MONITOR, { open: refused('cooling down') }, 'cooling down'],
    [
      'with an input of the wrong shape',
      MONITOR,
      { open: thrown('InvalidInput', 'field trigger: wrong') },
      'field trigger: wrong',
    ],
    ['without a cluster', {}, { open: refused('cluster: received ""') }, 'cluster: received ""'],
  ])('%s', async (_name, input, answers, cause) => {
    const { result, payloads } = await workflow(answers, input);
    expect(result).toMatchObject({ status: 'FAILED', error: 'ChangeRefused', cause });
    expect(payloads['halt']).toBeUndefined();
  });
});

function refused(because: string): Json {
  return { outcome: 'refused', because, cluster: '', epoch: 0, oldPrimary: '', instanceStateCode: -1, force: false };
}
