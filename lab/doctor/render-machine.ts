/**
 * What the lab's doctor found, as text.
 *
 * @module
 */
import { styled, type Style, type Terminal } from '../../bin/render/text.ts';
import type { MachineReport, PartState } from './machine-report.ts';

const MARKS: Readonly<Record<PartState, { readonly word: string; readonly style: Style }>> = {
  ready: { word: 'ready', style: 'green' },
  fetchable: { word: 'can be had', style: 'yellow' },
  missing: { word: 'MISSING', style: 'red' },
};
const WIDEST_MARK = 10;

export function renderMachine(report: MachineReport, terminal: Terminal): string {
  const { machine, parts, net, scenarios, canDrill } = report;
  const widest = Math.max(...parts.map(({ name }) => name.length));
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const lines = [
    `${machine.system}, Node ${machine.node}, ${machine.cores} cores, ${gib(machine.memoryBytes)} of memory`,
    ...parts.flatMap(({ name, state, found, fix }) => {
      const { word, style } = MARKS[state];
      const line = `  ${name.padEnd(widest)}  ${styled(word.padEnd(WIDEST_MARK), style, terminal)}  ${found}`;
      return fix === null ? [line] : [line, `${' '.repeat(widest + WIDEST_MARK + 6)}→ ${fix}`];
    }),
  ];
  const impossible = scenarios.filter(({ missing }) => missing !== null);
  const count = scenarios.length - impossible.length;
  lines.push(`${count} of ${scenarios.length} scenarios of a drill can be made here${net === null ? '' : ` (${net})`}`);
  lines.push(...impossible.map(({ name, missing }) => `  ${name} needs ${missing}`));
  lines.push(
    canDrill
      ? styled('OK: npm run drill', 'green', terminal)
      : styled('no drill can run here: see MISSING', 'red', terminal),
  );
  return lines.join('\n');
}
