import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderRun, renderSummary } from '../../../lab/run/render.ts';
import type { RunReport } from '../../../lab/run/report-schema.ts';
import { counterexample } from '../../core/examples.ts';
import { drillReport, runReport } from './examples.ts';

/** The drawn part of each row of the time line. */
const barsOf = (text: string) =>
  [...text.matchAll(/^ {2}\w+ +-?\d+ ms {2}( *(?:█+|▏))$/gm)].map((match) => match[1] ?? '');
const lineOf = (text: string, start: string) => text.split('\n').find((line) => line.startsWith(start));
const WIDTH = 60;

const summaryOf = (runs: readonly RunReport[]) => renderSummary(drillReport(runs));

describe('a run as people read it', () => {
  it('is told whole', () => {
    expect(renderRun(runReport())).toMatchInlineSnapshot(`
      "RTO 3.000 s   db-1 → db-2, epoch 5, route vip

        detect    2500 ms  ██████████████████████████████████████████████████
        confirm     50 ms                                                    █
        plan        50 ms                                                     █
        fence      100 ms                                                      ██
        settle      50 ms                                                        █
        promote    100 ms                                                         ██
        route      100 ms                                                           ██
        client      50 ms                                                             █

      verdict     suspect    one monitor after 0.400 s, most of them after 0.420 s
      verdict     dead       one monitor after 2.410 s, most of them after 2.440 s
      started     a workflow after 2.500 s, confirmed after 2.550 s
      problems    missed, dead
      writes      417 acknowledged, 0 lost, 1 unknown, 0 duplicate
      proof       acks-revoked, 2.700 s after the fault  ← allowed the promotion
      proof       instance-stopped, 7.700 s after the fault
      execution   SUCCEEDED: Open → Confirm → Plan → Promote → Close
      invariant 1 held           no promotion without a proof
      invariant 2 held           one execution per epoch
      invariant 3 held           no acknowledged write lost
      invariant 4 held           the route leads to a verified server
      invariant 5 not exercised  a failed switchover changes nothing
      invariant 6 not exercised  a halt changes nothing more
      invariant 7 not exercised  blind monitors change nothing
      invariant 8 held           the journal tells the whole story"
    `);
  });

  it('marks the proof that allowed the promotion, and no other', () => {
    const text = renderRun(runReport());
    expect(lineOf(text, 'proof       acks-revoked')).toContain('allowed the promotion');
    expect(lineOf(text, 'proof       instance-stopped')).not.toContain('allowed');
  });

  it('says where it was killed, and who else started a failover, and what befell AWS', () => {
    const text = renderRun(
      runReport({
        kills: [{ state: 'Prove fence', when: 'after', atMs: 2_812, tookMs: 4 }],
        rivals: { started: 20, refused: 19 },
        awsFaults: [{ rule: 'throttle of ec2 *', requests: 14 }],
      }),
    );
    expect(lineOf(text, 'killed')).toBe('killed      after Prove fence, 2.812 s after the fault, redriven 4 ms later');
    expect(lineOf(text, 'rivals')).toBe('rivals      20 operators started a failover, too; 19 were refused');
    expect(lineOf(text, 'AWS')).toBe('AWS         throttle of ec2 *: 14 requests');
    expect(lineOf(renderRun(runReport()), 'rivals')).toBeUndefined();
  });

  it('shows each broken invariant as BROKEN, and each violation', () => {
    const text = renderRun(
      runReport({
        invariants: { 1: true, 3: false, 5: true },
        exercised: ['1', '3'],
        violations: ['invariant 3: 2 acknowledged writes are lost', 'db-1 was not stopped in time'],
      }),
    );
    expect(lineOf(text, 'invariant 1')).toContain('held');
    expect(lineOf(text, 'invariant 3')).toContain('BROKEN');
    expect(lineOf(text, 'invariant 5')).toContain('not exercised');
    expect(text.split('\n').filter((line) => line.startsWith('VIOLATION'))).toEqual([
      'VIOLATION   invariant 3: 2 acknowledged writes are lost',
      'VIOLATION   db-1 was not stopped in time',
    ]);
  });

  it('says that there was no failover', () => {
    const text = renderRun(
      runReport({ rtoMs: null, phases: null, newPrimary: 'db-1', epoch: 4, proofs: [], execution: null }),
    );
    expect(text).toContain('no failover: db-1 is the primary, epoch 4');
    expect(text).not.toMatch(/RTO|^execution|█/m);
  });

  it('tells a promotion that no client came to know of from no failover', () => {
    const text = renderRun(runReport({ rtoMs: null, phases: null }));
    expect(text).not.toContain('no failover');
    expect(text).toContain('no write acknowledged by the new primary: db-1 → db-2, epoch 5, route vip');
  });

  it('tells a recovery time that can’t be cut into phases', () => {
    const text = renderRun(runReport({ phases: null }));
    expect(text).toContain('RTO 3.000 s   db-1 → db-2');
    expect(text).not.toContain('no failover');
    expect(barsOf(text)).toEqual([]);
  });

  it('breaks a long list of states between states, and loses none', () => {
    const states = Array.from({ length: 30 }, (_each, index) => `State number ${index}`);
    const lines = renderRun(runReport({ execution: { status: 'SUCCEEDED', states } })).split('\n');
    const from = lines.findIndex((line) => line.startsWith('execution'));
    const told = lines.slice(
      from,
      lines.findIndex((line) => line.startsWith('invariant')),
    );
    expect(told.length).toBeGreaterThan(1);
    expect(Math.max(...told.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(told.map((line) => line.trim()).join(' ')).toBe(`execution   SUCCEEDED: ${states.join(' → ')}`);
  });
});

describe('the time line', () => {
  it('draws each phase where it was, to scale', () => {
    const phases = { confirmMs: 0, planMs: 0, settleMs: 0, promoteMs: 0, routeMs: 0 };
    const text = renderRun(
      runReport({ rtoMs: 6_000, phases: { ...phases, detectMs: 3_000, fenceMs: 2_000, clientMs: 1_000 } }),
    );
    const bars = barsOf(text);
    expect(bars[0]).toBe('█'.repeat(30));
    expect(bars[3]).toBe(' '.repeat(30) + '█'.repeat(20));
    expect(bars[7]).toBe(' '.repeat(50) + '█'.repeat(10));
  });

  it('never gets wider than it is, not even when clocks disagree', () => {
    const phase = fc.oneof(fc.constant(0), fc.nat(10_000), fc.integer({ min: -500, max: 0 }));
    const anyPhases = fc.record({
      detectMs: phase,
      confirmMs: phase,
      planMs: phase,
      fenceMs: phase,
      settleMs: phase,
      promoteMs: phase,
      routeMs: phase,
      clientMs: phase,
    });
    const found = counterexample([anyPhases], (phases) => {
      const rtoMs = Object.values(phases).reduce((sum, each) => sum + each, 0);
      const bars = barsOf(renderRun(runReport({ rtoMs, phases })));
      return bars.length === 8 && bars.every((bar) => bar.length <= WIDTH);
    });
    expect(found).toBeNull();
  });
});

describe('the summary', () => {
  it('tells the recovery time, and what was added to the detection', () => {
    expect(summaryOf([runReport(), runReport({ rtoMs: 3_400 })])).toMatchInlineSnapshot(`
      "2 of 2 runs as they must be: crash on mariadb 10.11.19
      RTO         median 3.000 s, min 3.000 s, max 3.400 s
      detection   takes 2.500 s on average when nothing costs anything; all else added 0.500 s (median)
        detect    median   2500 ms  min   2500 ms  max   2500 ms
        confirm   median     50 ms  min     50 ms  max     50 ms
        plan      median     50 ms  min     50 ms  max     50 ms
        fence     median    100 ms  min    100 ms  max    100 ms
        settle    median     50 ms  min     50 ms  max     50 ms
        promote   median    100 ms  min    100 ms  max    100 ms
        route     median    100 ms  min    100 ms  max    100 ms
        client    median     50 ms  min     50 ms  max     50 ms"
    `);
  });

  it('counts the runs that were not as they must be', () => {
    const text = summaryOf([runReport(), runReport({ violations: ['db-1 was not stopped in time'] })]);
    expect(text).toContain('1 of 2 runs as they must be: crash on mariadb 10.11.19');
  });

  it('has no recovery time where nothing failed over', () => {
    const text = summaryOf([runReport({ rtoMs: null, phases: null, newPrimary: 'db-1' })]);
    expect(text).toBe('1 of 1 runs as they must be: crash on mariadb 10.11.19');
  });

  it('cuts the time of a single run into phases only once', () => {
    expect(summaryOf([runReport()])).not.toContain('confirm');
  });
});
