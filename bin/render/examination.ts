/**
 * What the doctor says, as text: a table of the servers, and below it what was found with its fix.
 *
 * @module
 */
import type { DoctorEvent } from '../../lib/operator/doctor.ts';
import type { Severity } from '../../lib/core/readiness/finding.ts';
import { harmless, styled, wrapped, type Style, type Terminal } from './text.ts';

const MARKS: Readonly<Record<Severity, { readonly word: string; readonly style: Style }>> = {
  fails: { word: 'FAILS', style: 'red' },
  degrades: { word: 'WEAK', style: 'yellow' },
  unverifiable: { word: 'UNKNOWN', style: 'dim' },
};
const WIDEST_MARK = 8;

/** Lines for a terminal; an event that says nothing to people gives none. */
export function renderDoctorEvent(event: DoctorEvent, terminal: Terminal): string {
  switch (event.kind) {
    case 'examined':
      return examination(event, terminal);
    case 'repairing':
      return `${styled('run', 'bold', terminal)} on ${event.nodeId}: ${harmless(event.statement)}`;
    case 'repair-failed':
      return `${styled('FAILED', 'red', terminal)}: ${harmless(event.because)}`;
    case 'repair-refused':
      return `${styled('not repaired', 'yellow', terminal)}: ${harmless(event.because)}`;
    default:
      return event satisfies never;
  }
}

function examination(event: Extract<DoctorEvent, { kind: 'examined' }>, terminal: Terminal): string {
  const { cluster, nodes, findings } = event;
  const widths = [0, 1, 2].map((column) =>
    Math.max(...nodes.map((node) => [node.nodeId, node.address, node.role][column]?.length ?? 0)),
  );
  const servers = nodes.map(({ nodeId, address, role, version }) =>
    [nodeId, address, role]
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .concat(harmless(version ?? ''))
      .join('  ')
      .trimEnd(),
  );
  const found = findings.flatMap(({ severity, code, subject, sentence }) => {
    const { word, style } = MARKS[severity];
    const [first = '', ...rest] = wrapped(sentence, terminal.columns - WIDEST_MARK - 4);
    const head = `  ${styled(word.padEnd(WIDEST_MARK), style, terminal)}${styled(`${code}, ${harmless(subject)}`, 'bold', terminal)}`;
    return [head, ...[first, ...rest].map((line) => `  ${' '.repeat(WIDEST_MARK)}${line}`)];
  });
  const failing = findings.filter(({ severity }) => severity === 'fails').length;
  const verdict =
    failing === 0
      ? styled('OK: a failover meets nothing that would stop it', 'green', terminal)
      : styled(`${failing} ${failing === 1 ? 'finding' : 'findings'} by which a failover would fail`, 'red', terminal);
  return [
    styled(`Cluster ${cluster}`, 'bold', terminal),
    ...servers.map((line) => `  ${line}`),
    ...found,
    verdict,
  ].join('\n');
}
