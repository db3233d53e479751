/**
 * docs/detection.md: how a death is noticed, from the table of problems and the constants that run.
 *
 * @module
 */
import { READ_EVERY_MS } from '../lambdas/monitor/records.ts';
import { MAX_CLOCK_SKEW_MS, VOTE_REPEAT_MS, voteLifetimeMs } from '../lib/core/ballot.ts';
import { configSchema, type MonitorConfig } from '../lib/core/config.ts';
import type { Action, Priority } from '../lib/core/diagnosis/problem.ts';
import { PROBLEMS } from '../lib/core/diagnosis/problems.ts';
import { LEASE_MS, PULSE_MS } from '../lib/core/pulse.ts';
import { majorityOf } from '../lib/core/quorum.ts';
import { RELIEVED_WITHIN_MS } from '../lib/core/turn.ts';
import { HEARTBEAT_PERIOD_MS, witnessSilenceMs } from '../lib/core/veto.ts';

const DEFAULTS = configSchema.shape.clusters.element.shape.detection.parse({});

const URGENCY: Readonly<Record<Priority, string>> = {
  1: "Now: applications can't write, or more than one server may take writes, or nobody knows",
  2: 'Today: if the primary died, a failover would not happen, would halt, or would lose writes',
  3: 'This week: something that a failover relies on is weaker than it should be',
  4: 'Never: it explains what is seen',
};

const ACTIONS: Readonly<Record<Action, string>> = {
  'fail-over': '**starts a failover**',
  reopen: '**reopens it**, or fails over (`policy.restart`)',
  alarm: 'tells people',
  wait: 'looks again',
  none: 'nothing',
};

/** The page as Markdown, not yet laid out. */
export function detectionPage(): string {
  return [
    '<!-- Generated from lib/core/diagnosis and the constants of lib/core by scripts/generate-docs.ts -->',
    WATCHING,
    agreement(),
    problems(),
    DURATION,
  ].join('\n');
}

const WATCHING = `
# Detection

One monitor function runs in each zone. The scheduler starts it each minute, once for each shard of
\`monitoring.clustersPerShard\` clusters; one invocation at a time has the seat of its monitor in its shard, and loops for
about fourteen minutes, so the servers are probed each second although the schedule can't do better than a minute.

- It writes a **pulse** each ${seconds(PULSE_MS)}: by it others see that it lives, and its votes stand. While all is well that is all it
  writes, however many clusters it watches.
- An invocation that comes while another watches **leaves** as soon as it has seen a pulse of it, at most ${seconds(PULSE_MS)} later.
- One that comes in the last ${RELIEVED_WITHIN_MS / 60_000} minutes of another, or with a newer configuration, asks for the seat and has it within
  ${seconds(PULSE_MS)}. The grid of rounds goes on: each cluster waits for an interval and as long as the handing over takes, some 50 ms
  ([measured](benchmarks.md)). Three minutes are longer than two invocations are ever apart when the scheduler missed one.
- One that was **killed** is replaced by the next that the scheduler starts, once its lease has run out, ${seconds(LEASE_MS)} after its last pulse.
- While the **table is out of reach** it goes on probing, and says what it saw as soon as the table is back.

The rounds of clusters are spread evenly over the interval. A round never overlaps itself: one that takes longer than
the interval leaves points of the grid out, and while the primary is silent, rounds follow one another.

## A probe

Each tick, over kept connections, bounded by \`detection.timeoutMs\` and, where they are given, \`connectTimeoutMs\` and
\`writeTimeoutMs\`:

- the primary is read (role, positions, semi-sync) on one connection, and a heartbeat row is written on another;
- every replica is read: it is a witness.

**A write that hangs** (no replica acknowledges, the disk is full or stalled) keeps its one connection: nothing more is
sent, each further round counts as a timeout at once, and reading goes on beside it. So a monitor has never more than two
sessions on a server, however long the stall. The write is given up when the server, asked over the other connection, is
no longer at work on it. It is never killed: what waits for an acknowledgement could be answered by that. A read that
is overdue is given up with its connection, and ended on the server once that lets the monitor in again.

**How far a replica is behind** is told by the newest heartbeat row that it has applied, against the newest one on the
primary, and by what the replica says itself, whichever is more. It is exact to an interval and to what the monitors'
clocks differ by (1 s at most), and it is known also when the primary is gone, of which MariaDB says nothing then.

A connection to the primary that is cut makes the monitor look at once instead of at the next tick. A port that accepts
and then says nothing is missed as one that does not accept: the kernel accepts for a frozen process.

## What a monitor says

| verdict | when |
| --- | --- |
| \`alive\` | it reads and it writes |
| \`suspect\` | it shows a sign of life but does not do its work (reads but can't write, too many connections, access denied), or it has been missed fewer than \`detection.failures\` times |
| \`dead\` | no sign of life, \`detection.failures\` times running, while a replica answers |
| \`stalled\` | it answers reads, and for \`detection.writeDeadlineSeconds\` (by default ${seconds(DEFAULTS.writeDeadlineSeconds * 1_000)}) every write to it hung or found no room |
| \`restarted\` | its server was started again since it was last seen at work, and is read-only, or not bound by semi-sync where that is required |
| \`blind\` | no sign of life from anybody, or the monitor could not even try (no credentials): it can't tell its own failure from a death |

A vote is written at once when it says something new, in each round while it says \`dead\`, and every ${seconds(VOTE_REPEAT_MS)} while it
calls for another change. Any other vote is not repeated: each pulse of the invocation that wrote it confirms it, but for
clusters that were not looked at for two rounds, which the pulse names. So no pulse can make a change, and a monitor that
is lost takes all its votes with it.
`;

function agreement(): string {
  const of = (count: number) => majorityOf(Array.from<MonitorConfig>({ length: count }));
  const counts = [2, 3, 4, 5, 6, 7].map((count) => `${of(count)} of ${count}`).join(', ');
  return `
## Agreement

A failover starts only when all of this holds, and the workflow asks again before it does anything:

- **A majority of the configured monitors, and at least two, say \`dead\`** of this primary under this epoch:
  ${counts}. Who the monitors are, and where they stand, is what the
  reader's own configuration says.
- **Their votes are fresh** by the reader's clock: no older than 2 × max(interval, timeout) + ${seconds(MAX_CLOCK_SKEW_MS)} (by default
  ${seconds(voteLifetimeMs(DEFAULTS, 'dead'))}), and no further in the future than ${seconds(MAX_CLOCK_SKEW_MS)}, by which clocks may differ. Any other verdict stands
  ${seconds(VOTE_REPEAT_MS)} longer, since it was written or last confirmed. One on the epoch before counts as well, where it calls for no
  change: who sees nothing wrong reads the record each ${seconds(READ_EVERY_MS)} only, and may not know of a change that stood down.
- **One of them stands outside the primary's zone**: monitors of one zone may be cut off together.
- **No replica still hears the primary**: its receiver does not run, or has received nothing, not even a heartbeat (sent
  every ${HEARTBEAT_PERIOD_MS} ms), for as long as all probes but the first take to fail, at least ${2 * HEARTBEAT_PERIOD_MS} ms (by default ${seconds(witnessSilenceMs(DEFAULTS))}).
  A replica that any monitor saw hearing it has a veto, until one that misses the primary has found it silent since.

Silence of monitors is never a vote. With one of three blind, the other two decide; with two blind, nothing happens. A
refusal says of each monitor why its vote did not count.

**When the primary's zone is cut off as a whole**, the monitor inside it says \`alive\`, and a replica beside the primary
hears it. That shows only that the primary lives inside its zone. It is set aside when every configured monitor outside
says \`dead\`, these are a majority by themselves, and none of them reaches a single replica of that zone. The fence must
be proven all the same before anybody is promoted.

**While a deployment is replaced**, readers with the old and the new configuration may count differently. Both are safe,
since agreement is evidence and no lock. But two of the three monitors that are left decide at once when two of five are
removed, so never remove those that stand alone in a zone.

## Alive, and of no use

**Stalled.** A primary may answer every read while every commit hangs: its disk is full or stalled, or semi-sync waits for
replicas that are gone. A majority that says \`stalled\` starts a failover only where that helps: without semi-sync, or
while as many replicas as a commit waits for hear the primary and acknowledge, as seen by the monitors and by the step that
confirms. Where the replicas are gone another primary would wait for them too: people are told (\`left-alone\`) and nothing
is changed. \`policy.stalledWrites: alarm\` leaves it to people always. Only probes that were answered count, and two
rounds without an answer begin the run anew, so a network that was cut for a minute is no stall when it comes back.

**Restarted.** A supervisor may start a crashed server again before anybody found it dead. It then comes up read-only, or
without the semi-sync that binds it, and nobody else knows that it was the primary. By default it is reopened: it is made
the primary again under a new epoch, by SQL alone, when it still has everything that its replicas received. It keeps the
address, loses nothing and takes about a second, where a failover would stop its instance and leave the cluster with one
replica less. It is failed over instead when it lacks something that a replica has, or when it was reopened within the
cooldown already: a server that crashes again and again should not stay the primary. Who wants to look first sets
\`policy.restart: alarm\`, and who distrusts every crash \`failover\`. A primary that somebody made read-only by hand was not
started since, and is left alone. A monitor that began to watch after the restart can't tell; the majority can.

## Other reasons to look

An operator, an event of EC2 about the primary's instance, and a CloudWatch alarm start the same workflow, and none of them is
evidence. EC2's own word, asked anew, that the instance is stopped or terminated confirms a death without votes. While EC2
says that it is going down, a primary that gives the confirming step no sign of life is confirmed too: nothing takes such a
stop back. After an alarm the monitors must agree, as ever ([how to set them up](operations.md)).
`;
}

function problems(): string {
  const priorities = Object.keys(URGENCY).map(Number) as Priority[];
  return `
## Problems

What was seen becomes problems by one table. The same observations always give the same problems; what was not seen, or
too long ago, is no evidence of anything. A monitor looks each round; people are told by its log, once when a problem
appears and once when it is seen no more. It reads the votes of others only while its own calls for a change, and looks at neither the route
nor EC2: these rows are for whoever does.

${priorities.map(tableOf).join('\n\n')}
`;
}

function tableOf(priority: Priority): string {
  const rows = PROBLEMS.filter((each) => each.priority === priority);
  return [
    `### ${priority}. ${URGENCY[priority]}`,
    '',
    '| problem | of | when | what the system does |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ code, action, condition }) => `| \`${code}\` | ${condition.about} | ${condition.when} | ${ACTIONS[action]} |`,
    ),
  ].join('\n');
}

const DURATION = `
## How long it takes

With interval _p_, timeout _T_ and _k_ failures: _p_/2 + (_k_−1) · max(_p_, _T\\*_) + _T\\*_ on average, where _T\\*_ is 0
for a crash (refused at once) and _T_ for silence. With the defaults (${seconds(DEFAULTS.intervalMs)}, ${seconds(DEFAULTS.timeoutMs)}, ${DEFAULTS.failures}) that is ${seconds(onAverageMs(0))} for a
crash and ${seconds(onAverageMs(DEFAULTS.timeoutMs))} for silence. The drill prints it beside what was measured.
`;

function onAverageMs(silenceMs: number): number {
  const { intervalMs, failures } = DEFAULTS;
  return intervalMs / 2 + (failures - 1) * Math.max(intervalMs, silenceMs) + silenceMs;
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}
