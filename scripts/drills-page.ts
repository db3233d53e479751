/**
 * docs/drills.md: every scenario of a drill, from the catalogue that runs, and the faults of AWS, from their schema.
 *
 * @module
 */
import * as z from 'zod';
import { faultRuleSchema, faultSchema, parseFaultRules, type FaultRuleInput } from '../lab/cloud/faults/rule.ts';
import { SCENARIOS } from '../lab/run/scenarios/catalogue.ts';
import type { Need, Outcome, Scenario } from '../lab/run/scenarios/scenario.ts';

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  failover: 'another server is the primary, and clients are led to it',
  'no-change': 'nothing is changed, and no workflow is even started',
  reopened: 'the same server is made the primary again, under a new epoch; nothing is stopped, and no address moves',
};

const NEEDS: Readonly<Record<Need, string>> = {
  namespaces: 'network namespaces',
  'loop-device': 'root of the machine',
  'semi-sync': 'semi-sync',
};

export function drillsPage(): string {
  return [
    '<!-- Generated from lab/run/scenarios by scripts/generate-docs.ts -->',
    '',
    '# Drills',
    '',
    '`npm run drill -- --scenario NAME` builds a lab of real servers, lets applications write, makes a fault, and watches',
    'what follows. It exits with 0 only if that is what must follow, every [invariant](../lib/core/INVARIANTS.md) held, and',
    'the problems named here were told of. After a fault that ends it also waits until writes flow, replicas follow, every',
    'monitor says so, and none has more than two connections to a server.',
    '',
    ...(['failover', 'reopened', 'no-change'] as const).flatMap(section),
    'A fault that ends lasts as long as the table says, or `--for TIME`. A primary that answers and takes no write is',
    'replaced after `--write-deadline TIME`, by default 30 s. What a machine can’t do is refused with the reason.',
    '',
    'The servers of the two partitions by zone stand in three zones by the configuration only: a secondary private address',
    'moves within one subnet, and so within one zone. What is parted is the network between their hosts.',
    '',
    '`npm run bench:detection -- [SCENARIO …]` runs them one after another and prints, for each, how soon monitors suspected',
    'the primary, when most of them called for a change, when that was confirmed, and every false alarm.',
    '',
    ...awsFaults(),
  ].join('\n');
}

/** The third time that anybody asks EC2 to stop an instance; and a slow table for the monitors of one zone. */
const EXAMPLE: readonly FaultRuleInput[] = [
  {
    name: 'the third StopInstances times out after it worked',
    service: 'ec2',
    action: 'StopInstances',
    from: 3,
    count: 1,
    fault: { kind: 'lost-response', how: 'hang' },
  },
  {
    service: 'dynamodb',
    zone: 'eu-west-1b',
    forMs: 20_000,
    fault: { kind: 'latency', added: { distribution: 'log-normal', p50Ms: 20, p99Ms: 800 } },
  },
];

function awsFaults(): string[] {
  parseFaultRules(EXAMPLE, 'the example of docs/drills.md');
  const fields = Object.entries(faultRuleSchema.shape).filter(([name]) => name !== 'fault');
  const kinds = faultSchema.options.map((option) => {
    const { kind, ...more } = option.shape;
    return [kind.value, Object.keys(more).join(', '), option.description ?? ''] as const;
  });
  return [
    '## When AWS itself fails',
    '',
    'Any scenario can be made while AWS is not well, from the moment of its fault on. What must follow stays the same. The',
    'calls of functions, state machines, schedules and event rules are befallen, those of the drill are not.',
    '',
    '- `--throttle N`: each call is throttled N times before it passes.',
    '- `--lose-responses N`: each call that changes something is done, and its answer lost, N times. A function that a state',
    '  machine invoked has run; the state machine does not know, and invokes it again.',
    '- `--stale-reads TIME`: EC2 answers as things were, up to so long ago.',
    '- `--fail-vip`: the VIP can’t be moved.',
    '- `--aws-fault FILE`: a JSON list of rules such as these:',
    '',
    '```json',
    JSON.stringify(EXAMPLE, null, 2),
    '```',
    '',
    'What a rule does not say matches any call. A rule that befalls no call fails the drill.',
    '',
    '| field | meaning |',
    '| --- | --- |',
    ...fields.map(([name, schema]) => `| \`${name}\` | ${describe(schema)} |`),
    '',
    '| `fault.kind` | with | what happens |',
    '| --- | --- | --- |',
    ...kinds.map(([kind, more, meaning]) => `| \`${kind}\` | ${more === '' ? '' : `\`${more}\``} | ${meaning} |`),
    '',
    'A latency or an age is `{"distribution": "fixed", "ms": 5}`, `{"distribution": "uniform", "minMs": 5, "maxMs": 9}` or',
    '`{"distribution": "log-normal", "p50Ms": 20, "p99Ms": 400}`.',
    '',
  ];
}

/** A default is said by what it wraps. */
function describe(schema: z.ZodType): string {
  return schema.description ?? (schema instanceof z.ZodDefault ? describe(schema.unwrap() as z.ZodType) : '');
}

function section(outcome: Outcome): string[] {
  const rows = Object.entries<Scenario>(SCENARIOS).filter(([, { leadsTo }]) => leadsTo === outcome);
  return [
    `## \`${outcome}\`: ${OUTCOMES[outcome]}`,
    '',
    '| scenario | fault | lasts | problems told | needs |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(([name, scenario]) => row(name, scenario)),
    '',
    ...rows.flatMap(([name, { staysSick }]) =>
      Object.values(staysSick).flatMap(({ afterMs, because }) => [
        `Whether all is well after \`${name}\` of ${afterMs / 1_000} s or more is not asked there: ${because}.`,
        '',
      ]),
    ),
  ];
}

function row(name: string, { sentence, lastsMs, problems, needs }: Scenario): string {
  const lasts = lastsMs === null ? 'for good' : `${lastsMs / 1_000} s`;
  const told = problems.map((code) => `\`${code}\``).join(', ');
  return `| \`${name}\` | ${sentence} | ${lasts} | ${told} | ${needs.map((need) => NEEDS[need]).join(', ')} |`;
}
