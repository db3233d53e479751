import { describe, expect, it } from 'vitest';
import type { MachineReport } from '../../../lab/doctor/machine-report.ts';
import { renderMachine } from '../../../lab/doctor/render-machine.ts';

const REPORT: MachineReport = {
  machine: { system: 'Linux 6.18', node: 'v20.20.2', cores: 2, memoryBytes: 2 ** 34, freeMemoryBytes: 2 ** 33 },
  parts: [
    { name: 'MariaDB', state: 'ready', found: '10.11.19, installed: /usr/sbin/mariadbd', fix: null },
    { name: 'MySQL', state: 'fetchable', found: 'not here', fix: 'npm run lab -- fetch mysql' },
    { name: 'namespaces', state: 'missing', found: 'unshare: refused', fix: 'Linux, as root' },
  ],
  net: 'loopback',
  scenarios: [
    { name: 'crash', missing: null },
    { name: 'loss', missing: 'network namespaces' },
  ],
  canDrill: true,
};
const PLAIN = { columns: 120, colour: false };

describe('what the doctor of the lab says', () => {
  it('names each part, what was found and how to get the rest', () => {
    expect(renderMachine(REPORT, PLAIN)).toBe(`Linux 6.18, Node v20.20.2, 2 cores, 16.0 GiB of memory
  MariaDB     ready       10.11.19, installed: /usr/sbin/mariadbd
  MySQL       can be had  not here
                          → npm run lab -- fetch mysql
  namespaces  MISSING     unshare: refused
                          → Linux, as root
1 of 2 scenarios of a drill can be made here (loopback)
  loss needs network namespaces
OK: npm run drill`);
  });

  it('ends with no, where no drill can run', () => {
    const text = renderMachine({ ...REPORT, net: null, canDrill: false }, PLAIN);
    expect(text.split('\n').at(-1)).toBe('no drill can run here: see MISSING');
  });
});
