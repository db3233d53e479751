import { describe, expect, it } from 'vitest';
import { SCENARIOS } from '../../../lab/run/scenarios/catalogue.ts';
import { whatIsMissing } from '../../../lab/run/scenarios/needs.ts';
import type { Scenario } from '../../../lab/run/scenarios/scenario.ts';

const all = Object.entries<Scenario>(SCENARIOS);

describe('every scenario', () => {
  it.each(all)('%s ends if nothing is to change, and is for good if a failover is', (_name, { leadsTo, lastsMs }) => {
    expect(lastsMs !== null).toBe(leadsTo === 'no-change');
  });

  it.each(all.filter(([, { volume }]) => volume !== null))('%s mounts its volume in a sandbox', (_name, { needs }) => {
    expect(needs).toContain('namespaces');
  });
});

describe('what a scenario needs', () => {
  const here = { net: 'namespaces', semiSync: 'required' } as const;

  it('is nothing, for a crash', () => {
    expect(whatIsMissing(SCENARIOS.crash, { net: 'loopback', semiSync: 'off' })).toBeNull();
  });

  it('is told with the fix where it is missing', () => {
    expect(whatIsMissing(SCENARIOS.loss, here)).toBeNull();
    expect(whatIsMissing(SCENARIOS.loss, { ...here, net: 'loopback' })).toMatch(/namespaces.*run it on Linux/);
    expect(whatIsMissing(SCENARIOS['ackers-lost'], { ...here, semiSync: 'off' })).toMatch(/leave out --semi-sync off/);
  });
});
