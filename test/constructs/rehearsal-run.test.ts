/**
 * The rehearsal's definition, run by the lab's interpreter: what each function is asked, and what becomes of one that
 * fails.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { TaskError } from '../../lab/cloud/asl/failure.ts';
import type { Json } from '../../lab/cloud/asl/json.ts';
import { rehearsalDefinition } from '../../lib/constructs/workflow/rehearsal-definition.ts';
import { run } from '../lab/asl/run-machine.ts';

const FOUND = { outcome: 'rehearsed', clusters: ['orders'], findings: [] };

async function rehearsal(input: Json, fails: string | null = null) {
  const definition = rehearsalDefinition({ databaseFunction: 'd', networkFunction: 'n', fenceFunction: 'f' });
  const asked: Record<string, Json>[] = [];
  const ran = await run(definition, {
    input,
    resource: (args) => {
      const { FunctionName, Payload } = args as { FunctionName: string; Payload: Record<string, Json> };
      asked.push({ function: FunctionName, ...Payload });
      if (Payload['step'] === 'gather-rehearsal') return { StatusCode: 200, Payload: { outcome: 'all-well' } };
      if (FunctionName === fails) throw new TaskError('Sandbox.Timedout', 'Task timed out after 60.00 seconds');
      return { StatusCode: 200, Payload: FOUND };
    },
  });
  return { ...ran, asked, gathered: asked.at(-1) };
}

describe('the machine of the rehearsal', () => {
  it('asks the three functions for the same run, and hands on what they found', async () => {
    const { result, asked, gathered } = await rehearsal({});
    expect(result.status).toBe('SUCCEEDED');
    const looks = asked.filter(({ step }) => step === 'rehearse');
    expect(new Set(looks.map((each) => each['function']))).toEqual(new Set(['d', 'f', 'n']));
    expect(new Set(looks.map(({ atMs, cluster }) => JSON.stringify({ atMs, cluster }))).size).toBe(1);
    expect(typeof looks[0]?.['atMs']).toBe('number');
    expect(gathered).toMatchObject({
      function: 'n',
      step: 'gather-rehearsal',
      cluster: '',
      atMs: looks[0]?.['atMs'],
      parts: ['database', 'network', 'fence'].map((part) => ({ part, rehearsed: FOUND })),
    });
  });

  it('rehearses the one cluster that somebody names', async () => {
    const { asked } = await rehearsal({ cluster: 'orders' });
    expect(asked.map(({ cluster }) => cluster)).toEqual(['orders', 'orders', 'orders', 'orders']);
  });

  it('gathers all the same when a function fails, and says what Lambda said', async () => {
    const { result, gathered } = await rehearsal({}, 'f');
    expect(result.status).toBe('SUCCEEDED');
    expect(gathered?.['parts']).toMatchObject([
      { part: 'database', rehearsed: FOUND },
      { part: 'network', rehearsed: FOUND },
      {
        part: 'fence',
        rehearsed: { outcome: 'failed', because: 'Sandbox.Timedout: Task timed out after 60.00 seconds' },
      },
    ]);
  });
});
