/**
 * One busy stretch, with the real monitors: the loop, the rounds, the votes, the diagnosis, the start of an execution and
 * its step Confirm are those that run in Lambda. What is not real is the network, the servers, the table, and time.
 *
 * An execution that Confirm confirms ends the stretch: what it was about is judged by what was so at that instant. One
 * that stands down does, and the monitors go on.
 *
 * @module
 */
import { runMonitor } from '../../lambdas/monitor/run.ts';
import { confirm } from '../../lambdas/database/confirm.ts';
import { parseConfig, type Config } from '../../lib/core/config.ts';
import { messageOf } from '../../lib/core/errors.ts';
import { agreeOnLoss } from '../../lib/core/quorum.ts';
import { automaticStart } from '../../lib/core/state.ts';
import type { Clock, Executions } from '../../lib/ports/cloud.ts';
import { configInput, nodesInput } from '../../test/fakes/example-config.ts';
import { fakeSecrets } from '../../test/fakes/fake-secrets.ts';
import { memoryStateStore } from '../../test/fakes/memory-state-store.ts';
import { Random } from '../../test/histories/random.ts';
import { WorldClock } from './clock.ts';
import { Conditions } from './conditions.ts';
import { databasesSeenBy, type Net } from './databases.ts';
import { judge, type Ending } from './judge.ts';
import { Network } from './network.ts';
import { MONITORS, NODES, PRIMARY, STEPS, quietAfterMs, type MonitorId, type Script } from './script.ts';
import { Servers } from './servers.ts';
import { tableSeenBy } from './table.ts';

export interface StretchResult {
  readonly ending: Ending;
  /** Executions that stood down. */
  readonly standDowns: number;
  /** What happened, in order, for whoever reads it. */
  readonly story: readonly string[];
}

/** The instant at which every stretch begins, by a clock that is right. */
const EPOCH_MS = Date.UTC(2026, 0, 1);
/** An invocation of a monitor may run for so long. */
const INVOCATION_MS = 900_000;
/** From the decision of a monitor until an execution is at work: its start, and the step Open. */
const START_MS = 20;
const OPEN_MS = 150;
/** What the step Stand down keeps the next start waiting for. */
const STOOD_DOWN_MS = 10_000;
/** After the noise, monitors are given this long to be well again; then the world must be settled. */
const CALM_MS = 14_000;
const SETTLED_WITHIN_MS = 60_000;
/** After the noise, a death that was not found by then is missed. */
const FOUND_WITHIN_MS = 120_000;
const EC2_SAYS_RUNNING = 16;

export async function playStretch(script: Script, tells = false): Promise<StretchResult> {
  const clock = new WorldClock(0);
  const random = new Random(script.seed ^ 0x5bd1e995, script.stream);
  const conditions = new Conditions(script);
  const network = new Network(conditions, random);
  const config = configFor(script);
  const cluster = config.clusters[0];
  const primary = cluster?.nodes[0];
  if (cluster === undefined || primary === undefined) throw new Error('the noise is about one cluster');
  const servers = new Servers(network, clock, primary.address);
  const net: Net = { cluster, clock, network, servers, busy: new Set(), sessions: 0 };
  const store = memoryStateStore();
  const story: string[] = [];
  const tell = (text: string) => {
    if (tells) story.push(`${(clock.nowMs / 1_000).toFixed(3).padStart(8)} s  ${text}`);
  };
  let ending: Ending | null = null;
  let standDowns = 0;
  let running = 0;

  const execute = async (execution: string): Promise<void> => {
    const wallClock = viewOf(clock, script.skewMs[STEPS], (atMs) => atMs);
    await clock.until(clock.nowMs + OPEN_MS);
    const record = await store.read(cluster.id);
    if (record === null || !automaticStart(record, wallClock.now()).may) return;
    const opened = await store.open(record, execution);
    if (opened === null) return;
    const actor = { cluster: cluster.id, epoch: opened.epoch, execution };
    const answer = await confirm(
      { ...actor, oldPrimary: record.primary, instanceStateCode: EC2_SAYS_RUNNING, force: false },
      {
        config,
        clock: wallClock,
        secrets: fakeSecrets,
        state: tableSeenBy({ reaches: () => true, wakesAt: (atMs) => atMs }, store, clock),
        databases: databasesSeenBy({ site: STEPS, wakesAt: (atMs) => atMs }, net),
      },
    );
    const { outcome, because } = answer as { outcome: string; because: string };
    tell(`${execution}: ${outcome}: ${because}`);
    if (outcome !== 'confirmed') {
      standDowns += 1;
      await store.standDown(actor, wallClock.now() + STOOD_DOWN_MS);
      return;
    }
    const event = store.eventsNow.findLast((each) => each.code === 'confirmed');
    const agreement = agreeOnLoss({
      cluster,
      monitors: config.monitors,
      state: { epoch: opened.epoch - 1, primary: record.primary },
      votes: event?.code === 'confirmed' ? event.votes : [],
      live: [],
      nowMs: event?.atMs ?? wallClock.now(),
    });
    ending ??= judge(conditions, clock.nowMs, agreement.agreed ? agreement.loss : 'dead');
  };
  const executionsOf = (id: MonitorId): Executions => ({
    async start(name) {
      if (!conditions.reachesTable(id, clock.nowMs)) throw new Error('Step Functions are not reached');
      await clock.until(clock.nowMs + START_MS);
      if (names.has(name)) return isRunning.has(name) ? 'running' : 'already-ended';
      names.add(name);
      isRunning.add(name);
      running += 1;
      void execute(name)
        .catch((error: unknown) => (ending ??= { kind: 'broken', why: messageOf(error) }))
        .finally(() => {
          running -= 1;
          isRunning.delete(name);
        });
      return 'started';
    },
    status: async (name) => (isRunning.has(name) ? 'running' : 'ended'),
  });
  const names = new Set<string>();
  const isRunning = new Set<string>();

  const watch = async (id: MonitorId, term: string, diesAtMs: number): Promise<void> => {
    const wakesAt = (atMs: number) => {
      const thawed = conditions.thaws(id, atMs);
      return thawed >= diesAtMs || conditions.isOff(id, thawed) ? Infinity : thawed;
    };
    const monitor = config.monitors.find((each) => each.id === id);
    if (monitor === undefined) throw new Error(`there is no monitor ${id}`);
    const startedAtMs = clock.nowMs;
    await runMonitor(
      {
        config,
        monitor,
        clock: viewOf(clock, script.skewMs[id], wakesAt),
        secrets: fakeSecrets,
        state: tableSeenBy({ reaches: (atMs) => conditions.reachesTable(id, atMs), wakesAt }, store, clock),
        databases: databasesSeenBy({ site: id, wakesAt }, net),
        executions: executionsOf(id),
        log: (line) => tell(`${id}: ${line}`),
      },
      { id: term, shard: 0, remainingMs: () => INVOCATION_MS - (clock.nowMs - startedAtMs) },
    );
  };
  for (const id of MONITORS)
    void invocations(script, id, clock, watch).catch(
      (error: unknown) => (ending ??= { kind: 'broken', why: messageOf(error) }),
    );

  const quietMs = quietAfterMs(script);
  const isOver = () => ending !== null;
  if (script.death === null && !isRestart(script)) {
    await clock.run(quietMs + CALM_MS, isOver);
    const isSettled = async () => {
      const votes = await store.votes(cluster.id);
      return running === 0 && votes.length === MONITORS.length && votes.every(({ verdict }) => verdict === 'alive');
    };
    for (let waited = 0; !isOver() && waited < SETTLED_WITHIN_MS && !(await isSettled()); waited += 1_000) {
      await clock.run(clock.nowMs + 1_000, isOver);
    }
    ending ??= (await isSettled()) ? { kind: 'quiet' } : { kind: 'broken', why: 'the monitors are not well again' };
  } else {
    await clock.run(quietMs + FOUND_WITHIN_MS, isOver);
  }
  return { ending: ending ?? unfound(script), standDowns, story };
}

/** One invocation, and after its death the next. */
async function invocations(
  { noise, phaseMs }: Script,
  id: MonitorId,
  clock: WorldClock,
  watch: (id: MonitorId, term: string, diesAtMs: number) => Promise<void>,
): Promise<void> {
  await clock.until(phaseMs[id]);
  const deaths = noise
    .filter((each) => each.kind === 'monitor-death' && each.monitor === id)
    .toSorted((a, b) => a.fromMs - b.fromMs);
  let isBackAtMs = 0;
  for (const [index, { fromMs, forMs }] of deaths.entries()) {
    if (fromMs < isBackAtMs) continue;
    void watch(id, `${id}-${index}`, fromMs);
    isBackAtMs = fromMs + forMs;
    await clock.until(isBackAtMs);
  }
  await watch(id, `${id}-last`, Infinity);
}

/**
 * After a restart monitors agree by what they remember of the primary. One whose invocation began after it remembers
 * nothing; it tells people that the primary is closed.
 */
function unfound({ death }: Script): Ending {
  return death === null ? { kind: 'left-closed' } : { kind: 'missed', death: death.kind };
}

function isRestart({ noise }: Script): boolean {
  return noise.some((each) => each.kind === 'restart' && each.node === PRIMARY);
}

function viewOf(clock: WorldClock, skewMs: number, wakesAt: (atMs: number) => number): Clock {
  return clock.seenBy(EPOCH_MS + skewMs, wakesAt);
}

const configs = new Map<string, Config>();
function configFor({ zones }: Script): Config {
  const key = zones.join('');
  const known = configs.get(key);
  if (known !== undefined) return known;
  const config = parseConfig(
    configInput({
      bootsReadOnly: true,
      nodes: nodesInput((id) => ({
        availabilityZone: `eu-central-1${zones[NODES.findIndex((node) => node === id)] ?? 'a'}`,
      })),
    }),
  );
  configs.set(key, config);
  return config;
}
