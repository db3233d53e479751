/**
 * The report of a drill: a contract for machines. `docs/drill-report.md` is generated from it.
 *
 * @module
 */
import * as z from 'zod';

const ms = (meaning: string) => z.number().describe(`${meaning}, in milliseconds.`);
const range = z.strictObject({ median: ms('Median'), min: ms('Smallest'), max: ms('Largest') });

const phases = z.strictObject({
  detectMs: ms('From the fault to the start of the workflow'),
  confirmMs: ms('Open and Confirm'),
  planMs: ms('Plan'),
  fenceMs: ms('From the plan to a sufficient proof'),
  settleMs: ms('Settle'),
  promoteMs: ms('Promote'),
  routeMs: ms('From the promotion until the route leads to the new primary'),
  clientMs: ms('From there to the first acknowledged write'),
});

const run = z.strictObject({
  rtoMs: z
    .number()
    .nullable()
    .describe(
      'From the fault to the first write acknowledged by the new primary, in milliseconds; null without a failover.',
    ),
  phases: phases.nullable().describe('The same time in phases that add up to it; null without a failover.'),
  writes: z.strictObject({
    acknowledged: z.int().describe('Writes that clients were told are done.'),
    lost: z.int().describe('Acknowledged, but missing on the primary at the end.'),
    unknown: z.int().describe('Neither acknowledged nor refused: the client can’t know.'),
    duplicate: z.int().describe('On the primary more than once.'),
  }),
  proofs: z
    .array(
      z.strictObject({
        kind: z.string(),
        atMs: ms('When it was journalled, after the fault'),
        allowedPromotion: z.boolean(),
      }),
    )
    .describe('Evidence that the old primary is fenced, in order; one allowed the promotion.'),
  epoch: z.int().describe('Epoch at the end.'),
  oldPrimary: z.string(),
  newPrimary: z.string().describe('The same as `oldPrimary` without a failover.'),
  route: z.enum(['vip', 'dns']).describe('How clients reach the primary at the end.'),
  execution: z
    .strictObject({
      status: z.string().describe('As Step Functions gives it.'),
      states: z.array(z.string()).describe('States in the order in which they were entered.'),
    })
    .nullable()
    .describe('The workflow’s execution; null when none was started.'),
  kills: z
    .array(
      z.strictObject({
        state: z.string(),
        when: z.enum(['after', 'in']).describe('After the state was exited, or while its function ran.'),
        atMs: ms('When the execution was stopped, after the fault'),
        tookMs: ms('From there until it was redriven'),
      }),
    )
    .describe('Where the execution was killed and redriven, in order.'),
  rivals: z
    .strictObject({
      started: z.int(),
      refused: z.int().describe('Those that were told that another change runs.'),
    })
    .describe('Executions that operators started beside the monitors.'),
  awsFaults: z
    .array(z.strictObject({ rule: z.string(), requests: z.int() }))
    .describe('How many requests to AWS each rule befell (docs/drills.md), from the fault on.'),
  expected: z
    .enum(['failover', 'no-change', 'reopened'])
    .describe('What the scenario must lead to; `reopened`: the same server is the primary again, in a new epoch.'),
  detection: z
    .strictObject({
      verdicts: z
        .array(
          z.strictObject({
            verdict: z.string(),
            firstMs: ms('Until the first monitor came to it'),
            majorityMs: z
              .number()
              .nullable()
              .describe('Until most monitors said it at the same time, in milliseconds; null when they never did.'),
          }),
        )
        .describe('Times after the fault, of each verdict that any monitor came to since.'),
      startedMs: z
        .number()
        .nullable()
        .describe('Until the first execution was started, in milliseconds; null without one.'),
      confirmedMs: z
        .number()
        .nullable()
        .describe('Until the votes were confirmed, in milliseconds; null when they were not.'),
      problems: z.array(z.string()).describe('Codes of the problems of which any monitor told since the fault.'),
      falseAlarms: z.int().describe('Executions that were started although nothing was to be changed.'),
      sessions: z
        .int()
        .nullable()
        .describe('Most connections of one monitor to one server, after a fault that had ended; null after any other.'),
    })
    .describe('What monitors made of the fault, and when.'),
  invariants: z
    .record(z.string(), z.boolean())
    .describe('By number (lib/core/INVARIANTS.md): held or not. One that this run did not exercise held.'),
  exercised: z.array(z.string()).describe('Numbers of the invariants that this run put to the test.'),
  violations: z.array(z.string()).describe('A sentence for each expectation or invariant that did not hold.'),
});

export const reportSchema = z.strictObject({
  scenario: z.string(),
  engine: z.strictObject({ name: z.enum(['mariadb', 'mysql']), version: z.string() }),
  net: z.enum(['namespaces', 'loopback']).describe('How hosts were made.'),
  settings: z.strictObject({
    intervalMs: ms('Time between two probes'),
    timeoutMs: ms('Time after which a probe fails'),
    failures: z.int().describe('Consecutive failed probes before a monitor votes.'),
    semiSync: z.enum(['required', 'off']),
    apiLatency: z.number().describe('Factor on the lab’s guesses of AWS’s latencies; 0 is none.'),
    stopTimeMs: ms('How long the lab’s EC2 takes to stop an instance'),
    writeDeadlineSeconds: z.number().describe('How long a primary that answers may take no write, in seconds.'),
    forMs: z.number().nullable().describe('How long the fault lasted, in milliseconds; null: for good.'),
    blindMonitors: z.int().describe('Monitors that can’t reach any server.'),
    failVip: z.boolean().describe('Whether the lab refuses to move the VIP.'),
    kill: z
      .strictObject({
        when: z.enum(['after', 'in']),
        which: z.string().describe('A state; `each`, one in each run but the first; or `all` in one run.'),
      })
      .nullable()
      .describe('At which states the execution was to be killed and redriven.'),
    throttle: z.int().describe('How often each call of AWS was throttled before it passed.'),
    loseResponses: z
      .int()
      .describe('How often the response to each call that changes something was lost, after its effect.'),
    staleReadsMs: ms('How old answers of EC2 could be'),
    rivals: z.int().describe('Operators who start a failover in the moment that the monitors do.'),
  }),
  theory: z.strictObject({ detectMs: ms('Detection when nothing costs anything, on average') }),
  runs: z.array(run),
  summary: z.strictObject({
    rtoMs: range.nullable().describe('Over the runs that failed over.'),
    overheadMs: range.nullable().describe('`rtoMs` less `theory.detectMs`.'),
    phases: z.record(z.string(), range).describe('Each phase over those runs.'),
  }),
});

export type DrillReport = z.output<typeof reportSchema>;
export type RunReport = z.output<typeof run>;

/** Median (the lower of the middle two), smallest and largest; null of nothing. */
export function rangeOf(values: readonly number[]): z.output<typeof range> | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return min === undefined || max === undefined || median === undefined ? null : { median, min, max };
}

/** The whole report from its runs. */
export function reportOf({
  runs,
  detectMs,
  ...head
}: Pick<DrillReport, 'scenario' | 'engine' | 'net' | 'settings' | 'runs'> & {
  readonly detectMs: number;
}): DrillReport {
  const times = runs.flatMap((each) => each.rtoMs ?? []);
  const phaseNames = runs.flatMap((each) => Object.keys(each.phases ?? {}) as (keyof z.output<typeof phases>)[]);
  const phaseRanges = [...new Set(phaseNames)].flatMap((name) => {
    const found = rangeOf(runs.flatMap((each) => each.phases?.[name] ?? []));
    return found === null ? [] : [[name, found] as const];
  });
  return {
    ...head,
    theory: { detectMs },
    runs: [...runs],
    summary: {
      rtoMs: rangeOf(times),
      overheadMs: rangeOf(times.map((rtoMs) => rtoMs - detectMs)),
      phases: Object.fromEntries(phaseRanges),
    },
  };
}
