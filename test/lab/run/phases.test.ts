import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitedAt, phasesOf, statesEntered, theoreticalDetectionMs } from '../../../lab/run/phases.ts';
import type { Symptom } from '../../../lab/run/scenarios/scenario.ts';
import { counterexample } from '../../core/examples.ts';
import { FAULT_AT } from './examples.ts';

const MARKS = ['Confirm', 'Plan', 'Prove fence', 'Settle', 'Promote'] as const;

const started = (afterMs: number): HistoryEvent => ({
  id: 1,
  type: 'ExecutionStarted',
  timestamp: new Date(FAULT_AT + afterMs),
});
const exited = (name: string, afterMs: number): HistoryEvent => ({
  id: 1,
  type: 'TaskStateExited',
  timestamp: new Date(FAULT_AT + afterMs),
  stateExitedEventDetails: { name },
});
const entered = (name: string): HistoryEvent => ({
  id: 1,
  type: 'TaskStateEntered',
  timestamp: new Date(FAULT_AT),
  stateEnteredEventDetails: { name },
});

/** An execution that started 2.5 s after the fault and left one state each 100 ms. */
const HISTORY = [started(2_500), ...MARKS.map((name, index) => exited(name, 2_600 + 100 * index))];
const moments = (routedAfterMs: number, firstWriteAfterMs: number) => ({
  faultAtMs: FAULT_AT,
  routeMovedAtMs: FAULT_AT + routedAfterMs,
  firstWriteAtMs: FAULT_AT + firstWriteAfterMs,
});
const sum = (phases: object | null) =>
  Object.values(phases ?? {}).reduce((total: number, each: number) => total + each, 0);

describe('the phases of a failover', () => {
  it('are cut where the execution left its states', () => {
    expect(phasesOf(HISTORY, moments(3_060, 3_090))).toEqual({
      detectMs: 2_500,
      confirmMs: 100,
      planMs: 100,
      fenceMs: 100,
      settleMs: 100,
      promoteMs: 100,
      routeMs: 60,
      clientMs: 30,
    });
  });

  it('count a fence until its last proof, when one was asked for again and again', () => {
    const again = [...HISTORY.slice(0, 3), exited('Prove fence', 2_750), ...HISTORY.slice(3)];
    expect(phasesOf(again, moments(3_060, 3_090))?.fenceMs).toBe(100);
    expect(exitedAt(again, 'Prove fence')).toBe(FAULT_AT + 2_800);
  });

  it('give a client no time that was through before the lab heard of the route', () => {
    expect(phasesOf(HISTORY, moments(3_095, 3_090))).toMatchObject({ routeMs: 90, clientMs: 0 });
  });

  it('give the route no time that moved while the promotion was still being written down', () => {
    expect(phasesOf(HISTORY, moments(2_990, 3_090))).toMatchObject({ routeMs: 0, clientMs: 90 });
  });

  it('add up to the recovery time, and none is negative', () => {
    const step = fc.nat(5_000);
    const found = counterexample(
      [step, fc.array(step, { minLength: 5, maxLength: 5 }), fc.nat(20_000), step],
      (startAfterMs, tookMs, routedAfterMs, restMs) => {
        let clock = startAfterMs;
        const history = [started(clock), ...MARKS.map((name, index) => exited(name, (clock += tookMs[index] ?? 0)))];
        const phases = phasesOf(history, moments(routedAfterMs, clock + restMs));
        return phases !== null && sum(phases) === clock + restMs && Object.values(phases).every((each) => each >= 0);
      },
    );
    expect(found).toBeNull();
  });

  it.each(['Promote', 'Settle', 'Prove fence', 'Plan', 'Confirm'])('are null when %s was never left', (name) => {
    const history = HISTORY.filter((event) => event.stateExitedEventDetails?.name !== name);
    expect(phasesOf(history, moments(3_060, 3_090))).toBeNull();
  });

  it('are null without an execution', () => {
    expect(phasesOf([], moments(3_060, 3_090))).toBeNull();
    expect(phasesOf(HISTORY.slice(1), moments(3_060, 3_090))).toBeNull();
  });
});

describe('the states of an execution', () => {
  it('are told in the order in which they were entered, each time', () => {
    const history = [started(0), entered('Open'), exited('Open', 1), entered('Prove fence'), entered('Prove fence')];
    expect(statesEntered(history)).toEqual(['Open', 'Prove fence', 'Prove fence']);
  });
});

describe('detection when nothing costs anything', () => {
  it.each<[string, number, number, number, Symptom, number]>([
    ['a crash is refused at once', 1_000, 1_000, 3, 'refuses', 2_500],
    ['silence costs the last timeout', 1_000, 1_000, 3, 'silent', 3_500],
    ['probes come twice as often', 500, 500, 2, 'refuses', 750],
    ['silence, twice as often', 500, 500, 2, 'silent', 1_250],
    ['one failure is enough', 1_000, 200, 1, 'refuses', 500],
    ['one timeout is enough', 1_000, 200, 1, 'silent', 700],
    ['a short timeout lets the interval decide', 1_000, 200, 3, 'silent', 2_700],
    ['a restart shows at the next probe', 1_000, 1_000, 3, 'restarts', 500],
    ['writes are given until their deadline', 500, 500, 3, 'stalls', 5_750],
    ['a long timeout holds up the next probe', 500, 1_000, 3, 'silent', 3_250],
  ])('%s', (_claim, intervalMs, timeoutMs, failures, symptom, expectedMs) => {
    expect(theoreticalDetectionMs({ intervalMs, timeoutMs, failures, writeDeadlineSeconds: 5 }, symptom)).toBe(
      expectedMs,
    );
  });
});
