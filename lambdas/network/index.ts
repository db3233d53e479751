/**
 * The function that keeps a change's state and leads clients elsewhere, outside the VPC. It may neither stop a server nor
 * isolate one: that is the fence function's.
 *
 * @module
 */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { dynamodbRehearsals } from '../../lib/adapters/aws/dynamodb-rehearsals.ts';
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { ec2Network } from '../../lib/adapters/aws/ec2-network.ts';
import { route53Dns } from '../../lib/adapters/aws/route53-dns.ts';
import { routeRehearsal } from '../../lib/adapters/aws/route-rehearsal.ts';
import { snsNotifier } from '../../lib/adapters/aws/sns-notifier.ts';
import { stepFunctionsExecutions } from '../../lib/adapters/aws/step-functions-executions.ts';
import { FAILOVER_SECONDS, METRIC_NAMESPACE, METRIC_SERVICE, REHEARSAL_FAILED } from '../../lib/core/metrics.ts';
import { deployedConfig, systemClock, variable } from '../environment.ts';
import { dispatcher } from '../step.ts';
import { gatherRehearsal } from './gather-rehearsal.ts';
import { rehearse, type NetworkRehearsalContext } from './rehearse.ts';
import { networkSteps } from './steps.ts';

const context: NetworkRehearsalContext = {
  config: deployedConfig(),
  state: dynamodbState(variable('TABLE_NAME')),
  network: ec2Network(),
  dns: route53Dns(),
  rehearsal: routeRehearsal({ topicArn: variable('TOPIC_ARN'), stateMachineArn: variable('STATE_MACHINE_ARN') }),
  rehearsals: dynamodbRehearsals(variable('TABLE_NAME')),
  notifier: snsNotifier(variable('TOPIC_ARN')),
  executions: stepFunctionsExecutions(variable('STATE_MACHINE_ARN')),
  clock: systemClock,
  recordFailover(cluster, seconds) {
    const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: METRIC_SERVICE });
    metrics.addMetric(FAILOVER_SECONDS, MetricUnit.Seconds, seconds);
    metrics.addMetadata('cluster', cluster);
    metrics.publishStoredMetrics();
  },
  recordRehearsal(failures) {
    const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: METRIC_SERVICE });
    metrics.addMetric(REHEARSAL_FAILED, MetricUnit.Count, failures);
    metrics.publishStoredMetrics();
  },
  log: (line) => process.stdout.write(`${line}\n`),
};

export const handler = dispatcher({ ...networkSteps, rehearse, 'gather-rehearsal': gatherRehearsal }, context);
