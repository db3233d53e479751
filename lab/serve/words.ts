/**
 * What a served lab says: how to reach it, and what happens in it, for people or as one JSON object a line.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import type { LabCloud } from '../cloud/cloud.ts';
import type { CloudEvent } from '../cloud/events.ts';

/** Any key would do; this one stands in the examples. */
export const KEY = { accessKeyId: 'lab', secretAccessKey: 'lab' };

export interface Words {
  /** The lab can be called from now on. */
  listening(cloud: LabCloud): string;
  /** Null for what nobody needs to read. */
  happened(event: CloudEvent): string | null;
}

export const forPeople: Words = {
  listening({ endpointUrl, account, dns, lambda }) {
    const functions = lambda.names();
    return [
      `the lab's cloud listens at ${endpointUrl}: account ${account.id}, ${account.region}, empty`,
      'any access key is an administrator of the account:',
      '',
      `  export AWS_ENDPOINT_URL=${endpointUrl} AWS_DEFAULT_REGION=${account.region}`,
      `  export AWS_ACCESS_KEY_ID=${KEY.accessKeyId} AWS_SECRET_ACCESS_KEY=${KEY.secretAccessKey}`,
      '  aws stepfunctions list-state-machines',
      '',
      `names of hosted zones: dig @${dns.address} -p ${dns.port} <name>`,
      ...(functions.length === 0 ? [] : [`functions: ${functions.join(', ')}`]),
      'Ctrl-C ends it, and nothing of it is kept',
    ].join('\n');
  },
  happened(event) {
    switch (event.type) {
      case 'log':
        return `${event.functionName}: ${event.line}`;
      case 'message':
        return `${event.topicArn}: ${event.subject === '' ? '' : `${event.subject}: `}${event.message}`;
      case 'call':
        return event.code === undefined
          ? null
          : `refused: ${event.service} ${event.action}: ${event.status} ${event.code}`;
      case 'denied':
        return `denied: ${event.message}`;
      case 'dropped':
        return `${event.by} gave up on ${event.targetArn}: ${event.because}`;
      case 'fault':
        return `fault of the lab: ${messageOf(event.error)}`;
      case 'invocation':
        return event.error === undefined ? null : `${event.functionName} failed: ${event.error}`;
      case 'history':
      case 'schedule':
    }
    return null;
  },
};

export const asJson: Words = {
  listening: ({ endpointUrl, account, dns, lambda }) =>
    JSON.stringify({
      type: 'listening',
      endpointUrl,
      accountId: account.id,
      region: account.region,
      ...KEY,
      dns,
      functions: lambda.names(),
    }),
  happened: (event) =>
    JSON.stringify(event.type === 'fault' ? { type: 'fault', message: messageOf(event.error) } : event),
};
