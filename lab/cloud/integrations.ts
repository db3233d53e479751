/** @module What Step Functions' integrations call: the lab's Lambda and SNS, with the latency of a call of theirs. */
import type { Json } from './asl/json.ts';
import type { Latency } from './latency.ts';
import type { Lambda } from './services/lambda.ts';
import type { Sns } from './services/sns.ts';
import type { IntegrationPorts } from './services/step-functions/integrations.ts';
import type { Timers } from './timers.ts';
import { notModelled } from './wire/aws-error.ts';

export function integrationPorts(options: {
  readonly lambda: Lambda;
  readonly sns: Sns;
  readonly timers: Timers;
  readonly latency: () => Latency;
}): IntegrationPorts {
  const { lambda, sns, timers } = options;
  const wait = (service: string, action: string): Promise<void> => timers.sleep(options.latency()(service, action));
  return {
    async invokeFunction({ functionName, qualifier, invocationType, payload }) {
      await wait('lambda', 'Invoke');
      const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
      const event = JSON.stringify(payload);
      if (invocationType === 'DryRun') throw notModelled('lambda:invoke with InvocationType DryRun');
      if (invocationType === 'Event') {
        lambda.invokeAsync(name, event);
        return { statusCode: 202 };
      }
      const result = await lambda.invoke(name, event);
      if (result.ok) return { statusCode: 200, payload: JSON.parse(result.payload) as Json };
      const { errorType, errorMessage, trace } = result.error;
      const report = { errorType, errorMessage, ...(trace && { trace: [...trace] }) };
      return { statusCode: 200, functionError: 'Unhandled', payload: report };
    },
    async publish({ topicArn, message, subject, messageAttributes }) {
      await wait('sns', 'Publish');
      if (messageAttributes !== undefined) throw notModelled('sns:publish with MessageAttributes');
      return sns.publish({ topicArn, message, subject: subject ?? '', attributes: {} });
    },
  };
}
