/**
 * @module What Step Functions' integrations call: the lab's Lambda and SNS, in the name of the state machine's role and with
 * the latency of a call of theirs.
 */
import type { Account } from './account.ts';
import type { Json } from './asl/json.ts';
import type { Access } from './iam/access.ts';
import { functionArn } from './iam/actions/lambda.ts';
import { ask, type Asked } from './iam/authorization.ts';
import { AccessDenied } from './iam/denial.ts';
import type { Latency } from './latency.ts';
import type { Lambda } from './services/lambda.ts';
import type { Sns } from './services/sns.ts';
import type { IntegrationPorts } from './services/step-functions/integrations.ts';
import type { Timers } from './timers.ts';
import { AwsError, notModelled } from './wire/aws-error.ts';

/** The name of the session that is seen in denials; AWS makes one up. */
const SESSION = 'states';

export function integrationPorts(options: {
  readonly account: Account;
  readonly access: Access;
  readonly lambda: Lambda;
  readonly sns: Sns;
  readonly timers: Timers;
  readonly latency: () => Latency;
}): IntegrationPorts {
  const { account, access, lambda, sns, timers } = options;
  const wait = (service: string, action: string): Promise<void> => timers.sleep(options.latency()(service, action));
  const authorize = (roleArn: string, asked: readonly Asked[], exception: string, service: string): void => {
    try {
      access.authorize({ principal: roleArn, session: SESSION }, asked);
    } catch (error) {
      if (!(error instanceof AccessDenied)) throw error;
      throw new AwsError(exception, `${error.message} (Service: ${service}; Status Code: 403)`, 403);
    }
  };
  return {
    async invokeFunction({ functionName, qualifier, invocationType, payload, roleArn }) {
      await wait('lambda', 'Invoke');
      const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
      const asked = ask('lambda:InvokeFunction', [functionArn(account, name)]);
      authorize(roleArn, asked, 'AWSLambdaException', 'AWSLambda');
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
    async publish({ topicArn, message, subject, messageAttributes, roleArn }) {
      await wait('sns', 'Publish');
      authorize(roleArn, ask('sns:Publish', [topicArn]), 'AuthorizationErrorException', 'AmazonSNS');
      if (messageAttributes !== undefined) throw notModelled('sns:publish with MessageAttributes');
      return sns.publish({ topicArn, message, subject: subject ?? '', attributes: {} });
    },
  };
}
