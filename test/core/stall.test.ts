import { describe, expect, it } from 'vitest';
import type { Failure } from '../../lib/core/observation.ts';
import { judgeProbe, UNPROBED, type ProbeOutcome, type Standing } from '../../lib/core/verdict.ts';
import { NOW } from './examples.ts';

const DETECTION = { intervalMs: 1_000, timeoutMs: 1_000, failures: 3, writeDeadlineSeconds: 5 };

/** One probe each second, written as `read/write`; `ok/timeout*6` is six of them, and `-` behind one: nobody acknowledges. */
function after(script: string): Standing {
  const outcomes = script.split(' ').flatMap((part) => {
    const [what = '', times = '1'] = part.split('*');
    const [read, write] = what.replace('-', '').split('/') as ['ok' | Failure, 'ok' | Failure];
    return Array.from({ length: Number(times) }, () => ({ read, write, acknowledgeable: !what.endsWith('-') }));
  });
  return outcomes.reduce<Standing>((standing, outcome, index) => {
    const probe: ProbeOutcome = {
      ...outcome,
      seesReplicas: true,
      restarted: false,
      atMs: NOW + index * 1_000,
    };
    return judgeProbe(standing, probe, DETECTION);
  }, UNPROBED);
}

describe('a primary that answers is stalled', () => {
  it.each(['timeout', 'unanswered', 'full'])('once every write was %s for the deadline, and not before', (write) => {
    expect(after(`ok/ok ok/${write}*5`).verdict).toBe('suspect');
    expect(after(`ok/ok ok/${write}*6`)).toMatchObject({
      verdict: 'stalled',
      failures: 0,
      stall: { sinceMs: NOW + 1_000 },
    });
  });

  it('though one read in between had no answer', () => {
    expect(after('ok/timeout*3 timeout/timeout ok/timeout*3').verdict).toBe('stalled');
  });

  it('though nobody acknowledges: whether another would fare better is decided by those who agree', () => {
    expect(after('ok/timeout-*6').verdict).toBe('stalled');
    expect(after('ok/timeout*3 ok/timeout-*3').verdict).toBe('stalled');
  });

  it('though it had no connection left in between', () => {
    expect(after('ok/timeout*3 ok/exhausted ok/timeout*3').verdict).toBe('stalled');
  });
});

describe('[invariant 7] a primary is not stalled', () => {
  it.each([
    ['when one write in between succeeded', 'ok/timeout*5 ok/ok ok/timeout*5'],
    ['when it refuses writes because it is read-only', 'ok/read-only*60'],
    ['when it refuses the heartbeat by an error, as without its table', 'ok/sql*60'],
    ['when it refuses the account', 'ok/denied*60'],
    ['when it has no connection left', 'ok/exhausted*60'],
    ['when it answers nothing at all', 'ok/ok timeout/timeout*60'],
    ['in the moment when a network comes back that was cut for a minute', 'ok/ok timeout/timeout*60 ok/timeout'],
    ['in the moment when replicas are back that acknowledge, after a minute without them', 'ok/timeout-*60 ok/timeout'],
    ['when two rounds without an answer broke the run', 'ok/timeout*5 timeout/timeout*2 ok/timeout*5'],
  ])('%s', (_, script) => {
    expect(after(script).verdict).not.toBe('stalled');
  });
});
