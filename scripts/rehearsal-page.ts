/**
 * docs/rehearsal.md: what a rehearsal asks and everything that it can find, from the table that it judges by.
 *
 * @module
 */
import type { Severity } from '../lib/core/readiness/finding.ts';
import { FINDINGS, type FindingKind, type Part } from '../lib/core/readiness/findings.ts';
import { ACCOUNT_ROLES, needsOf } from '../lib/core/readiness/privileges.ts';
import { REHEARSAL_MINUTES, runsInRound } from '../lib/core/readiness/slice.ts';

const PARTS: Readonly<Record<Part, string>> = {
  database: 'On the servers (the rehearsal and `doctor`)',
  fence: 'What stops the old primary',
  network: 'What leads clients to the new one',
  rehearsal: 'The rehearsal itself',
};

const SEVERITIES: Readonly<Record<Severity, string>> = {
  fails: '**fails**',
  degrades: 'degrades',
  unverifiable: 'unverifiable',
};

/** The page as Markdown, not yet laid out. */
export function rehearsalPage(): string {
  return [
    '<!-- Generated from lib/core/readiness by scripts/generate-docs.ts -->',
    intro(),
    ...(Object.keys(PARTS) as Part[]).map(findings),
    privileges(),
  ].join('\n');
}

function intro(): string {
  return `
# Rehearsal

Permissions are taken away, secrets are deleted, replicas stop: nobody notices before the failover that needs them. So
each ${REHEARSAL_MINUTES} minutes a state machine of its own has the functions that would fail over go their way without effect, and
says what would not work. They stay warm by it, too.

- EC2 is asked for the very stop and the very change of groups, with \`DryRun\`.
- The servers are asked, over the same connections and with the same accounts, what each account may do there, roles in
  force included; whether the tables are there; who would be elected if the primary died now.
- Whatever can't be tried without doing it is said to be \`unverifiable\`. That is no failure.

Up to three clusters are rehearsed in every run; more take turns, each at least once an hour while there
are no more than 240, and 20 in a run at most (${runsInRound(100)} runs for 100 clusters, ${runsInRound(1_000)} for 1,000). A cluster that is being changed, or is in maintenance, is left alone. The result stands in the table
under \`CLUSTER#<id> / REHEARSAL\`. People are told when the list of a cluster changes, once; the metric \`RehearsalFailed\`
counts the findings by which a failover would fail, and the alarm [\`rehearsal-failed\`](runbooks/rehearsal-failed.md)
watches it.

A finding **fails** when a failover that needs it would halt or not get to its end. It **degrades** when a failover would
work, but later, by a weaker way, or with fewer candidates.
`;
}

function findings(part: Part): string {
  const rows = Object.entries<FindingKind>(FINDINGS).filter(([, row]) => row.part === part);
  return `
## ${PARTS[part]}

| finding | severity | when | what to do |
| --- | --- | --- | --- |
${rows.map(([code, { severity, when, fix }]) => `| \`${code}\` | ${SEVERITIES[severity]} | ${when} | ${fix} |`).join('\n')}
`;
}

function privileges(): string {
  const tables = (['mariadb', 'mysql'] as const).map((engine) => {
    const rows = ACCOUNT_ROLES.flatMap((role) =>
      needsOf(engine, role).map(
        ({ privilege, on, purpose }) => `| ${role} | \`${privilege}\` | \`${on}\` | ${purpose} |`,
      ),
    );
    return `
### ${engine === 'mariadb' ? 'MariaDB' : 'MySQL'}

| account | privilege | on | to |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
  });
  return `
## Privileges that each account needs
${tables.join('\n')}`;
}
