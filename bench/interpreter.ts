/**
 * Executions by the second: `npm run bench:interpreter -- [--executions 1000] [--rounds 5]` runs a machine of twelve states
 * through the lab's interpreter, with tasks that answer at once, and beside it a bare loop: the same expressions, calls
 * and JSON texts written out by hand, without states, histories or checkpoints. Ends with 1 when a thousand executions
 * take ten seconds or more.
 *
 * @module
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import jsonata from 'jsonata';
import { execute } from '../lab/cloud/asl/interpreter.ts';
import { isJsonObject, type Json } from '../lab/cloud/asl/json.ts';
import { parseDefinition } from '../lab/cloud/asl/parse-definition.ts';
import { systemClock } from '../lab/cloud/asl/system-clock.ts';

const { values } = parseArgs({
  options: { executions: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '5' } },
});
const EXECUTIONS = Number(values.executions);
const ROUNDS = Number(values.rounds);
/** What a thousand executions may take. */
const LIMIT_S = 10;

const task = (step: string, fields: object) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  TimeoutSeconds: 30,
  Arguments: { FunctionName: step, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...fields,
});

/** The shape of a failover: twelve states, of which one runs three times. */
const definition = parseDefinition(
  JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: 'Open',
    States: {
      Open: { Type: 'Pass', Assign: { cluster: '{% $states.input.cluster %}' }, Next: 'Confirm' },
      Confirm: task('confirm', { Next: 'Confirmed?' }),
      'Confirmed?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.quorum >= 2 %}', Next: 'Plan' }],
        Default: 'Done',
      },
      Plan: task('plan', { Assign: { replicas: '{% $states.result.Payload.replicas %}' }, Next: 'Fence' }),
      Fence: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'Revoke', States: { Revoke: task('revoke', { End: true }) } },
          { StartAt: 'Isolate', States: { Isolate: task('isolate', { End: true }) } },
        ],
        Output: '{% { "cluster": $cluster, "fenced": $count($states.result) = 2 } %}',
        Next: 'Promote',
      },
      Promote: task('promote', {
        Retry: [{ ErrorEquals: ['Busy'] }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Done' }],
        Next: 'Each',
      }),
      Each: {
        Type: 'Map',
        Items: '{% $replicas %}',
        ItemProcessor: { StartAt: 'Repoint', States: { Repoint: task('repoint', { End: true }) } },
        Next: 'Close',
      },
      Close: {
        Type: 'Pass',
        Output: '{% { "cluster": $cluster, "repointed": $count($states.input) } %}',
        Next: 'Done',
      },
      Done: { Type: 'Succeed' },
    },
  }),
);

const input: Json = { cluster: 'orders', replicas: ['replica-1', 'replica-2', 'replica-3'], quorum: 3 };
const EXPECTED = '{"cluster":"orders","repointed":3}';

/** What every task does: it gives back what it was given. */
async function answer(args: Json): Promise<Json> {
  return { StatusCode: 200, Payload: isJsonObject(args) ? (args.Payload ?? null) : null };
}

async function interpreted(): Promise<{ output: Json; events: number }> {
  let events = 0;
  const result = await execute(definition, {
    input,
    context: {
      Execution: {
        Id: 'arn:aws:states:eu-central-1:123456789012:execution:bench:one',
        Name: 'one',
        RoleArn: 'arn:aws:iam::123456789012:role/bench',
        StartTime: new Date().toISOString(),
      },
      StateMachine: { Id: 'arn:aws:states:eu-central-1:123456789012:stateMachine:bench', Name: 'bench' },
    },
    ports: {
      clock: systemClock,
      random: Math.random,
      invoke: (_resource, args) => answer(args),
      onEvent: () => (events += 1),
    },
  });
  if (result.status !== 'SUCCEEDED') throw new Error(`the machine ended ${result.status}: ${result.cause}`);
  return { output: result.output, events };
}

const compiled = new Map<string, jsonata.Expression>();

async function evaluate(text: string, bindings: Record<string, unknown>): Promise<Json> {
  const expression = compiled.get(text) ?? jsonata(text);
  compiled.set(text, expression);
  return JSON.parse(JSON.stringify(await expression.evaluate(undefined, bindings))) as Json;
}

/** A task: its arguments, its call, its output, and the five texts that its events have. */
async function called(step: string, given: Json): Promise<Json> {
  const args = { FunctionName: step, Payload: await evaluate('$states.input', { states: { input: given } }) };
  const texts = [JSON.stringify(given), JSON.stringify(args)];
  const result = await answer(args);
  const output = await evaluate('$states.result.Payload', { states: { input: given, result } });
  texts.push(JSON.stringify(result), JSON.stringify(output));
  return texts.length === 4 ? output : null;
}

async function byHand(): Promise<Json> {
  const cluster = await evaluate('$states.input.cluster', { states: { input } });
  const confirmed = await called('confirm', input);
  if ((await evaluate('$states.input.quorum >= 2', { states: { input: confirmed } })) !== true) return confirmed;
  const planned = await called('plan', confirmed);
  const replicas = await evaluate('$states.result.Payload.replicas', { states: { result: { Payload: planned } } });
  const fenced = await Promise.all([called('revoke', planned), called('isolate', planned)]);
  const states = { input: planned, result: fenced };
  const open = await evaluate('{ "cluster": $cluster, "fenced": $count($states.result) = 2 }', { states, cluster });
  await called('promote', open);
  const items = await evaluate('$replicas', { replicas });
  const repointed = await Promise.all((items as Json[]).map((item) => called('repoint', item)));
  const closed = { states: { input: repointed }, cluster };
  return evaluate('{ "cluster": $cluster, "repointed": $count($states.input) }', closed);
}

async function secondsFor(run: () => Promise<Json>): Promise<number> {
  const startedAtMs = performance.now();
  for (let index = 0; index < EXECUTIONS; index += 1) {
    const output = JSON.stringify(await run());
    if (output !== EXPECTED) throw new Error(`${output} is not ${EXPECTED}`);
  }
  return (performance.now() - startedAtMs) / 1000;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const { events } = await interpreted();
console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}`);
console.log(`${EXECUTIONS} executions of 12 states and ${events} events, ${ROUNDS} rounds, in turn with the bare loop`);
const seconds: number[] = [];
const ratios: number[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  const ours = await secondsFor(async () => (await interpreted()).output);
  const bare = await secondsFor(byHand);
  seconds.push(ours);
  ratios.push(ours / bare);
  const rate = Math.round(EXECUTIONS / ours);
  console.log(
    `${ours.toFixed(2)} s, ${rate} executions/s; bare loop ${bare.toFixed(2)} s; ratio ${(ours / bare).toFixed(2)}`,
  );
}
const perThousand = (median(seconds) / EXECUTIONS) * 1000;
console.log(`median: ${perThousand.toFixed(2)} s for 1,000 executions, ratio ${median(ratios).toFixed(2)}`);
process.exitCode = perThousand < LIMIT_S ? 0 : 1;
