/**
 * @module What Step Functions' integrations call: the lab's own services, in the name of the state machine's role and with
 * the latency of a call of theirs.
 */
import type { Account } from './account.ts';
import type { Json, JsonObject } from './asl/json.ts';
import type { Access } from './iam/access.ts';
import { functionArn } from './iam/actions/lambda.ts';
import { ask, type Asked } from './iam/authorization.ts';
import { AccessDenied, denialAs } from './iam/denial.ts';
import type { Latency } from './latency.ts';
import type { AwsService } from './service.ts';
import type { Lambda } from './services/lambda.ts';
import type { Sns } from './services/sns.ts';
import type { IntegrationPorts } from './services/step-functions/integrations/ports.ts';
import { answerOf, jsonRequest, TARGETS } from './template/call-json.ts';
import type { Timers } from './timers.ts';
import { notModelled } from './wire/aws-error.ts';

/** The name of the session that is seen in denials; AWS makes one up. */
const SESSION = 'states';

export function integrationPorts(options: {
  readonly account: Account;
  readonly access: Access;
  readonly lambda: Lambda;
  readonly sns: Sns;
  /** By name in the credential scope. */
  readonly service: (name: string) => AwsService | undefined;
  readonly executionEnded: (executionArn: string) => Promise<void>;
  readonly timers: Timers;
  readonly latency: () => Latency;
}): IntegrationPorts {
  const { account, access, lambda, sns, timers } = options;
  const wait = (service: string, action: string): Promise<void> => timers.sleep(options.latency()(service, action));
  const authorize = (roleArn: string, service: string, asked: readonly Asked[]): void => {
    try {
      access.authorize({ principal: roleArn, session: SESSION }, asked);
    } catch (error) {
      throw error instanceof AccessDenied ? denialAs(service, error) : error;
    }
  };
  return {
    async invokeFunction({ functionName, qualifier, invocationType, payload, roleArn }) {
      await wait('lambda', 'Invoke');
      const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
      authorize(roleArn, 'lambda', ask('lambda:InvokeFunction', [functionArn(account, name)]));
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
      authorize(roleArn, 'sns', ask('sns:Publish', [topicArn]));
      if (messageAttributes !== undefined) throw notModelled('sns:publish with MessageAttributes');
      return sns.publish({ topicArn, message, subject: subject ?? '', attributes: {} });
    },
    async call({ service: name, action, input, roleArn }) {
      await wait(name, action);
      const service = options.service(name);
      const target = TARGETS[name];
      if (service === undefined || target === undefined) throw notModelled(`${name} ${action} in a state machine`);
      const request = jsonRequest(name, `${target}.${action}`, input, roleArn);
      access.authorizeCall({ principal: roleArn, session: SESSION }, name, request);
      return (await answerOf(service, request)) as JsonObject;
    },
    executionEnded: options.executionEnded,
  };
}
