/**
 * The function that keeps a change's state and leads clients elsewhere, outside the VPC. It may neither stop a server nor
 * isolate one: that is the fence function's.
 *
 * @module
 */
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { ec2Network } from '../../lib/adapters/aws/ec2-network.ts';
import { route53Dns } from '../../lib/adapters/aws/route53-dns.ts';
import { snsNotifier } from '../../lib/adapters/aws/sns-notifier.ts';
import { stepFunctionsExecutions } from '../../lib/adapters/aws/step-functions-executions.ts';
import { FAILOVER_SECONDS, METRIC_NAMESPACE, METRIC_SERVICE } from '../../lib/core/metrics.ts';
import { deployedConfig, systemClock, variable } from '../environment.ts';
import { dispatcher } from '../step.ts';
import type { NetworkContext } from './context.ts';
import { networkSteps } from './steps.ts';

const context: NetworkContext = {
  config: deployedConfig(),
  state: dynamodbState(variable('TABLE_NAME')),
  network: ec2Network(),
  dns: route53Dns(),
  notifier: snsNotifier(variable('TOPIC_ARN')),
  executions: stepFunctionsExecutions(variable('STATE_MACHINE_ARN')),
  clock: systemClock,
  recordFailover(cluster, seconds) {
    const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: METRIC_SERVICE });
    metrics.addMetric(FAILOVER_SECONDS, MetricUnit.Seconds, seconds);
    metrics.addMetadata('cluster', cluster);
    metrics.publishStoredMetrics();
  },
};

export const handler = dispatcher(networkSteps, context);
