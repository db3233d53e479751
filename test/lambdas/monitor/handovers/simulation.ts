/**
 * Hours of one monitor in virtual time: its real loop, started as a scheduler would, on servers that are well. Every
 * heartbeat is written down with the invocation that sent it.
 *
 * @module
 */
import { runMonitor } from '../../../../lambdas/monitor/run.ts';
import { CloudError } from '../../../../lib/core/errors.ts';
import type { Clock } from '../../../../lib/ports/cloud.ts';
import type { StateStore } from '../../../../lib/ports/state.ts';
import { NOW } from '../../../core/examples.ts';
import { FakeExecutions } from '../../../fakes/fake-executions.ts';
import { fakeSecrets } from '../../../fakes/fake-secrets.ts';
import { memoryStateStore } from '../../../fakes/memory-state-store.ts';
import { VirtualClock } from '../../../fakes/virtual-clock.ts';
import { manyClusters, wellFleet } from '../../../fakes/well-fleet.ts';
import { hoursOf, latencyOf, MINUTE_MS, type Conditions, type Hours } from './conditions.ts';

const INVOCATION_MS = 15 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** How long a call of a table that is out of reach takes to fail, in milliseconds. */
const FAILS_AFTER_MS = 1_000;

/** Times are milliseconds since the beginning. */
export interface Beat {
  readonly atMs: number;
  readonly term: string;
  /** Number of the cluster. */
  readonly cluster: number;
}

export interface Course extends Hours {
  readonly beats: readonly Beat[];
  /** Invocations that were killed while they had the seat, and when. */
  readonly killed: ReadonlyMap<string, number>;
  /** Lines of the log that tell of something that went wrong, for whoever looks into it. */
  readonly log: readonly string[];
}

/** @param onHour told after each simulated hour */
export async function simulate(
  conditions: Conditions,
  clusters: number,
  onHour: (hour: number) => void = () => {},
): Promise<Course> {
  const hours = hoursOf(conditions);
  const latencyMs = latencyOf(conditions.seed);
  const clock = new VirtualClock(NOW);
  const sinceMs = () => clock.now() - NOW;
  const config = manyClusters(clusters);
  const [monitor] = config.monitors;
  if (monitor === undefined) throw new Error('the example has a monitor');
  const primaries = new Map(config.clusters.map((each, number) => [each.nodes[0]?.address, number]));
  const table = memoryStateStore();
  const beats: Beat[] = [];
  const killed = new Map<string, number>();
  const log: string[] = [];
  const isOut = () => hours.outages.some(({ fromMs, toMs }) => fromMs <= sinceMs() && sinceMs() < toMs);

  /** What one invocation does not live to see never comes. */
  const unlessKilled = async <T>(term: string, value: Promise<T>): Promise<T> => {
    const settled = await value.then(
      (result) => () => result,
      (error: unknown) => () => {
        throw error;
      },
    );
    return killed.has(term) ? new Promise<never>(() => {}) : settled();
  };
  const tableOf = (term: string): StateStore =>
    new Proxy(table, {
      get(target, name: keyof StateStore) {
        return (...given: unknown[]) =>
          unlessKilled(
            term,
            (async () => {
              await clock.sleep(isOut() ? FAILS_AFTER_MS : latencyMs());
              if (isOut()) throw new CloudError('the table is out of reach');
              if (killed.has(term)) return undefined;
              const answer: unknown = await Reflect.apply(target[name], target, given);
              await clock.sleep(latencyMs());
              return answer;
            })(),
          );
      },
    });
  const invoke = async (term: string, skewMs: number): Promise<void> => {
    const endsAtMs = clock.now() + INVOCATION_MS;
    const own: Clock = {
      now: () => clock.now() + skewMs,
      sleep: (ms) => unlessKilled(term, clock.sleep(ms)),
    };
    const databases = wellFleet(clock, (address) => {
      beats.push({ atMs: sinceMs(), term, cluster: primaries.get(address) ?? -1 });
    });
    await runMonitor(
      {
        config,
        monitor,
        state: tableOf(term),
        databases,
        secrets: fakeSecrets,
        executions: new FakeExecutions(),
        clock: own,
        log: (line) => log.push(`${sinceMs()} ${term}: ${line}`),
      },
      { id: term, shard: 0, remainingMs: () => endsAtMs - clock.now() },
    ).catch((error: unknown) => log.push(`${sinceMs()} ${term} failed: ${String(error)}`));
  };

  hours.arrivals.forEach(({ atMs, skewMs }, number) => {
    void clock.sleep(atMs).then(() => invoke(`invocation-${number}`, skewMs));
  });
  for (const atMs of hours.killsAtMs) {
    void clock.sleep(atMs).then(async () => {
      const holder = await table.pulse({ monitor: monitor.id, shard: 0 });
      if (holder !== null && holder.releasedAtMs === null) killed.set(holder.term, sinceMs());
    });
  }
  for (let hour = 1; hour <= conditions.hours; hour += 1) {
    await clock.pass(HOUR_MS);
    onHour(hour);
  }
  return { ...hours, beats, killed, log };
}
