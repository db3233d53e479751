/**
 * docs/drills.md: every scenario of a drill, from the catalogue that runs.
 *
 * @module
 */
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
  ].join('\n');
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
      Object.values(staysSick).flatMap((reason) => [
        `Whether all is well after \`${name}\` is not asked there: ${reason}.`,
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
