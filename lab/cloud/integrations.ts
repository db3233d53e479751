/**
 * @module What Step Functions' integrations call: the lab's own services, in the name of the state machine's role, with the
 * latency and the faults of a call.
 *
 * Guarantees: a call that is not answered is to a task what it is on AWS: silence lasts until the task's own time is over,
 * and a connection that breaks is an error of the client.
 */
import type { Account } from './account.ts';
import { type Json, type JsonObject, toJson } from './asl/json.ts';
import { NoAnswer, type Surroundings } from './faults/under-faults.ts';
import type { Access } from './iam/access.ts';
import { functionArn } from './iam/actions/lambda.ts';
import { ask, type Asked } from './iam/authorization.ts';
import { AccessDenied, denialAs } from './iam/denial.ts';
import { callAs } from './internal-call.ts';
import type { AwsService } from './service.ts';
import type { Lambda } from './services/lambda.ts';
import type { Sns } from './services/sns.ts';
import type { FunctionAnswer, IntegrationPorts } from './services/step-functions/integrations/ports.ts';
import { answerOf, jsonRequest, TARGETS } from './template/call-json.ts';
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
  readonly surroundings: Surroundings;
}): IntegrationPorts {
  const { account, access, lambda, sns, surroundings } = options;
  const authorize = (roleArn: string, service: string, asked: readonly Asked[]): void => {
    try {
      access.authorize({ principal: roleArn, session: SESSION }, asked);
    } catch (error) {
      throw error instanceof AccessDenied ? denialAs(service, error) : error;
    }
  };
  const invoke = async (name: string, event: string): Promise<FunctionAnswer> => {
    const result = await lambda.invoke(name, event);
    if (result.ok) return { statusCode: 200, payload: JSON.parse(result.payload) as Json };
    return { statusCode: 200, functionError: 'Unhandled', payload: toJson(result.error) };
  };
  return {
    async invokeFunction({ functionName, qualifier, invocationType, payload, roleArn }) {
      const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
      const event = JSON.stringify(payload);
      const call = { roleArn, service: 'lambda', action: 'Invoke', text: `${name}\n${event}` };
      return heard(
        callAs(surroundings, call, () => {
          authorize(roleArn, 'lambda', ask('lambda:InvokeFunction', [functionArn(account, name)]));
          if (invocationType === 'DryRun') throw notModelled('lambda:invoke with InvocationType DryRun');
          if (invocationType !== 'Event') return invoke(name, event);
          lambda.invokeAsync(name, event);
          return { statusCode: 202 };
        }),
      );
    },
    async publish({ topicArn, message, subject, messageAttributes, roleArn }) {
      const call = { roleArn, service: 'sns', action: 'Publish', text: `${topicArn}\n${message}` };
      return heard(
        callAs(surroundings, call, () => {
          authorize(roleArn, 'sns', ask('sns:Publish', [topicArn]));
          if (messageAttributes !== undefined) throw notModelled('sns:publish with MessageAttributes');
          return sns.publish({ topicArn, message, subject: subject ?? '', attributes: {} });
        }),
      );
    },
    async call({ service: name, action, input, roleArn }) {
      const call = { roleArn, service: name, action, text: JSON.stringify(input) };
      return heard(
        callAs(surroundings, call, async () => {
          const service = options.service(name);
          const target = TARGETS[name];
          if (service === undefined || target === undefined) throw notModelled(`${name} ${action} in a state machine`);
          const request = jsonRequest(name, `${target}.${action}`, input, roleArn);
          access.authorizeCall({ principal: roleArn, session: SESSION }, name, request);
          return (await answerOf(service, request)) as JsonObject;
        }),
      );
    },
    executionEnded: options.executionEnded,
  };
}

/** What Step Functions' own client makes of a call. */
async function heard<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    // Nobody but the task's own timeout ends this.
    if (error instanceof NoAnswer && error.how === 'hang') return new Promise<never>(() => undefined);
    throw error;
  }
}
