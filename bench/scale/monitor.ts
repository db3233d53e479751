/**
 * The process under measure: one monitor, as it runs in a function, over real connections. Started by the bench with
 * `MonitorSpec` as its argument; warms up, measures, and says what it found over IPC.
 *
 * @module
 */
import { RESERVE_MS } from '../../lambdas/monitor/lease.ts';
import { monitorMeter } from '../../lambdas/monitor/metrics.ts';
import { runMonitor } from '../../lambdas/monitor/run.ts';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import { systemClock } from '../../lambdas/environment.ts';
import { FakeExecutions } from '../../test/fakes/fake-executions.ts';
import { fakeSecrets } from '../../test/fakes/fake-secrets.ts';
import { fleetConfig, type FleetSpec } from './fleet.ts';
import { Gauge, type Figures } from './gauge.ts';
import { stateFor } from './state.ts';

export interface MonitorSpec extends FleetSpec {
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** Endpoint of a DynamoDB; null keeps the state in this process. */
  readonly dynamodb: string | null;
}

const [argument] = process.argv.slice(2);
if (argument === undefined) throw new Error('the monitor was started without its specification');
// Made by the bench.
const spec = JSON.parse(argument) as MonitorSpec;
process.on('disconnect', () => process.exit());

const config = fleetConfig(spec);
const [monitor] = config.monitors;
if (monitor === undefined) throw new Error('a fleet has monitors');
const store = await stateFor(spec.dynamodb);
// As on any day but the first: a record that is not there yet is looked for in each round.
for (const { id, initialPrimary } of config.clusters) await store.register(id, initialPrimary);
const gauge = new Gauge(spec.intervalMs);
const executions = new FakeExecutions();
// As the function does; what it writes is thrown away, so that only its making costs.
const meter = monitorMeter({ config, monitor: monitor.id, shard: 0, clock: systemClock, write: () => {} });
const endsAtMs = Date.now() + (spec.warmUpSeconds + spec.seconds + 1) * 1_000;

const run = runMonitor(
  {
    config,
    monitor,
    state: gauge.countCalls(store),
    databases: gauge.watchConnections(mysqlDatabases()),
    secrets: fakeSecrets,
    executions,
    clock: systemClock,
    log: (line) => gauge.heard(line),
    onRound({ lateMs, skipped }) {
      meter.began(lateMs);
      gauge.skipped(skipped);
    },
    onSight: (sight) => meter.saw(sight),
  },
  { id: 'bench', shard: 0, remainingMs: () => endsAtMs - Date.now() + RESERVE_MS },
);
setTimeout(() => gauge.begin(), spec.warmUpSeconds * 1_000);
setTimeout(
  () => void gauge.end().then((figures) => process.send?.(figures satisfies Figures)),
  (spec.warmUpSeconds + spec.seconds) * 1_000,
);
await run;
process.disconnect();
