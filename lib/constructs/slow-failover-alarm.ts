/**
 * The alarm that a failover took too long.
 *
 * @module
 */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

import { FAILOVER_SECONDS, METRIC_NAMESPACE, METRIC_SERVICE } from '../core/metrics.ts';

export interface SlowFailoverAlarmProps {
  /** Longest failover without an alarm. */
  readonly threshold: Duration;
  readonly topic: ITopic;
}

/**
 * Watches the metric that the workflow's last step writes, over all clusters: the dimension `service` alone. No
 * failover, no data point: that is the good state.
 */
export class SlowFailoverAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: SlowFailoverAlarmProps) {
    const seconds = props.threshold.toSeconds();
    super(scope, id, {
      alarmDescription: `A database failover took more than ${seconds} s`,
      metric: new Metric({
        namespace: METRIC_NAMESPACE,
        metricName: FAILOVER_SECONDS,
        dimensionsMap: { service: METRIC_SERVICE },
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(1),
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: seconds,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.addAlarmAction(new SnsAction(props.topic));
  }
}
