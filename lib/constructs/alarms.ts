/**
 * The alarms of lib/core/alarms.ts. All of them tell the topic when they are raised and when they are over.
 *
 * @module
 */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

import { ALARMS, runbookOf, type AlarmCode, type AlarmDefinition } from '../core/alarms.ts';
import type { Config } from '../core/config.ts';
import { METRIC_NAMESPACE, METRIC_SERVICE, seatName } from '../core/metrics.ts';
import { shardsOf } from '../core/shards.ts';

export interface AlarmsProps {
  readonly config: Config;
  readonly topic: ITopic;
  /** Limits that replace those of the table, in the unit of the metric. */
  readonly thresholds: Partial<Readonly<Record<AlarmCode, number>>>;
}

const COMPARISONS = {
  above: ComparisonOperator.GREATER_THAN_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
} as const;
const MISSING = {
  breaching: TreatMissingData.BREACHING,
  notBreaching: TreatMissingData.NOT_BREACHING,
} as const;

export class Alarms extends Construct {
  /** By code; of `monitor-silent` one for each monitor and shard. */
  readonly byCode: Readonly<Record<AlarmCode, readonly Alarm[]>>;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const made = ALARMS.map((definition) => [definition.code, this.make(definition, props)]);
    this.byCode = Object.fromEntries(made) as Record<AlarmCode, readonly Alarm[]>;
  }

  private make(definition: AlarmDefinition & { readonly code: AlarmCode }, props: AlarmsProps): readonly Alarm[] {
    const { code, sentence, of } = definition;
    const threshold = props.thresholds[code] ?? definition.threshold;
    const one = (suffix: string, about: string, dimensions: Readonly<Record<string, string>>) => {
      const alarm = new Alarm(this, `${code}${suffix}`, {
        alarmDescription: `${sentence}${about} (limit: ${definition.comparison} ${threshold}). What to do: ${runbookOf(code)}`,
        metric: new Metric({
          namespace: METRIC_NAMESPACE,
          metricName: definition.metric,
          dimensionsMap: { service: METRIC_SERVICE, ...dimensions },
          statistic: definition.statistic,
          period: Duration.seconds(definition.periodSeconds),
        }),
        comparisonOperator: COMPARISONS[definition.comparison],
        threshold,
        evaluationPeriods: definition.periods,
        treatMissingData: MISSING[definition.missing],
      });
      alarm.addAlarmAction(new SnsAction(props.topic));
      alarm.addOkAction(new SnsAction(props.topic));
      return alarm;
    };
    if (of === 'deployment') return [one('', '', {})];
    const { config } = props;
    return config.monitors.flatMap(({ id }) =>
      shardsOf(config).map((_, shard) => {
        const seat = seatName(id, shard);
        return one(`-${seat.replace('/', '-')}`, `: monitor ${id}, shard ${shard}`, { seat });
      }),
    );
  }
}
