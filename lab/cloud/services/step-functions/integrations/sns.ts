/** @module `sns:publish`. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Json } from '../../../asl/json.ts';
import type { IntegrationPorts, TaskCaller } from './ports.ts';
import { sdkMetadata } from './sdk-metadata.ts';
import { OPTIMIZED_NAMES } from './services.ts';
import { apiCall, checkedArguments } from './task-errors.ts';

const publishArguments = z.strictObject({
  TopicArn: z.string().min(1),
  Message: z.json(),
  Subject: z.string().optional(),
  MessageAttributes: z.json().optional(),
});

/** A message that is no text is published as its JSON text. */
export async function publish(ports: IntegrationPorts, args: Json, caller: TaskCaller): Promise<Json> {
  const { TopicArn, Message, Subject, MessageAttributes } = checkedArguments(publishArguments, args);
  const message = typeof Message === 'string' ? Message : JSON.stringify(Message);
  const { messageId } = await apiCall(OPTIMIZED_NAMES.sns, 'optimized', () =>
    ports.publish({ topicArn: TopicArn, message, subject: Subject, messageAttributes: MessageAttributes, ...caller }),
  );
  return {
    MessageId: messageId,
    ...sdkMetadata({ requestId: randomUUID(), contentType: 'text/xml', body: messageId }),
  };
}
