/**
 * The latest changes of a cluster as a table for a terminal.
 *
 * @module
 */
import type { ChangeList, ListedChange } from '../../lib/operator/history.ts';
import { harmless, seconds, styled, utc, type Terminal } from './text.ts';

const ENDINGS = {
  'failed-over': 'failed over',
  'stood-down': 'stood down',
  halted: 'halted',
  unfinished: 'no end so far',
} as const;

/** Without a line break at its end. */
export function renderChanges(list: ChangeList, terminal: Terminal): string {
  const rows = [['epoch', 'began', 'change', 'end', 'outage'], ...list.changes.map(cells)];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [header = '', ...lines] = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    harmless(`cluster ${list.cluster}: epoch ${list.epoch}, ${list.primary} is the primary, phase ${list.phase}`),
    '',
    styled(header, 'bold', terminal),
    ...lines,
  ].join('\n');
}

function cells({ epoch, story }: ListedChange): string[] {
  if (story === null) return [String(epoch), '-', '-', 'left no event', '-'];
  const { startedAtMs, oldPrimary, newPrimary, ending, outageMs } = story;
  return [
    String(epoch),
    startedAtMs === null ? 'unknown' : utc(startedAtMs),
    harmless(`${oldPrimary ?? 'unknown'} → ${newPrimary ?? 'nobody'}`),
    ENDINGS[ending],
    outageMs === null ? '-' : seconds(outageMs),
  ];
}
