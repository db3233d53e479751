/**
 * The function of one monitor: one in each zone, started each minute by the scheduler, once for each shard.
 *
 * @module
 */
import type { Context } from 'aws-lambda';
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { secretsManagerSecrets } from '../../lib/adapters/aws/secrets-manager-secrets.ts';
import { stepFunctionsExecutions } from '../../lib/adapters/aws/step-functions-executions.ts';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import { InvalidInput } from '../../lib/core/errors.ts';
import { deployedConfig, systemClock, variable } from '../environment.ts';
import type { MonitorContext } from './context.ts';
import { parseMonitorEvent } from './event.ts';
import { monitorMeter } from './metrics.ts';
import { runMonitor } from './run.ts';

const config = deployedConfig();
const id = variable('MONITOR_ID');
const monitor = config.monitors.find((each) => each.id === id);
if (monitor === undefined) {
  throw new InvalidInput(
    `MONITOR_ID: received "${id}"; use one of ${config.monitors.map((each) => each.id).join(', ')}`,
  );
}

const context: MonitorContext = {
  config,
  monitor,
  state: dynamodbState(variable('TABLE_NAME')),
  databases: mysqlDatabases(),
  secrets: secretsManagerSecrets(),
  executions: stepFunctionsExecutions(variable('STATE_MACHINE_ARN')),
  clock: systemClock,
  log: (line) => process.stdout.write(`${line}\n`),
};

export const handler = async (event: unknown, lambda: Context) => {
  const { shard } = parseMonitorEvent(event, id);
  const meter = monitorMeter({ config, monitor: id, shard, clock: systemClock, write: context.log });
  const measured: MonitorContext = {
    ...context,
    onRound: ({ lateMs }) => meter.began(lateMs),
    onSight: (sight) => meter.saw(sight),
  };
  const { awsRequestId } = lambda;
  const remainingMs = () => lambda.getRemainingTimeInMillis();
  try {
    return await runMonitor(measured, { id: awsRequestId, shard, remainingMs });
  } finally {
    meter.flush();
  }
};
