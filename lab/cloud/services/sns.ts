/** @module SNS: topics that keep what was published, so that a drill can show whom it would have told. */
import { randomUUID } from 'node:crypto';
import { type Account, arn } from '../account.ts';
import type { CloudListener } from '../events.ts';
import type { AwsResponse, AwsService } from '../service.ts';
import { AwsError } from '../wire/aws-error.ts';
import { Form } from '../wire/form.ts';
import { operations } from '../wire/operations.ts';
import { xml } from '../wire/protocols.ts';
import { element, type Xml } from '../wire/xml.ts';

export interface PublishedMessage {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly publishedAt: Date;
}

export interface Subscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

const MAX_MESSAGE_BYTES = 262_144;
const MAX_SUBJECT_LENGTH = 100;

export class Sns {
  readonly service: AwsService;
  /** Everything that was published, oldest first. */
  readonly messages: PublishedMessage[] = [];
  readonly subscriptions: Subscription[] = [];
  private readonly topics = new Set<string>();

  private readonly account: Account;
  private readonly emit: CloudListener;

  constructor(account: Account, emit: CloudListener) {
    this.account = account;
    this.emit = emit;
    this.service = operations('sns', {
      CreateTopic: (request) => {
        const form = new Form(request.body);
        const name = form.required('Name');
        form.end();
        return answer(form.action, request.requestId, { TopicArn: this.createTopic(name) });
      },
      GetTopicAttributes: (request) => {
        const form = new Form(request.body);
        const topicArn = this.topic(form.required('TopicArn'));
        form.end();
        const attributes = { TopicArn: topicArn, Owner: account.id };
        const entry = Object.entries(attributes).map(([key, value]) => ({ key, value }));
        return answer(form.action, request.requestId, { Attributes: { entry } });
      },
      Subscribe: (request) => {
        const form = new Form(request.body);
        const topicArn = form.required('TopicArn');
        const protocol = form.required('Protocol');
        const endpoint = form.required('Endpoint');
        form.flag('ReturnSubscriptionArn');
        form.end();
        this.subscribe(topicArn, protocol, endpoint);
        return answer(form.action, request.requestId, { SubscriptionArn: 'pending confirmation' });
      },
      Publish: (request) => {
        const form = new Form(request.body);
        const published = this.publish({
          topicArn: form.required('TopicArn'),
          subject: form.text('Subject') ?? '',
          message: form.text('Message') ?? '',
          attributes: form.entries('MessageAttributes'),
        });
        form.end();
        return answer(form.action, request.requestId, { MessageId: published.messageId });
      },
    });
  }

  /** Idempotent. Returns the topic's ARN. */
  createTopic(name: string): string {
    const topicArn = arn(this.account, 'sns', name);
    this.topics.add(topicArn);
    return topicArn;
  }

  /** Recorded: nothing is delivered anywhere. @throws AwsError `NotFound` */
  subscribe(topicArn: string, protocol: string, endpoint: string): void {
    this.subscriptions.push({ topicArn: this.topic(topicArn), protocol, endpoint });
  }

  /** @throws AwsError `NotFound`, `InvalidParameter` */
  publish(draft: Omit<PublishedMessage, 'messageId' | 'publishedAt'>): PublishedMessage {
    this.topic(draft.topicArn);
    if (draft.message === '') throw new AwsError('InvalidParameter', 'Invalid parameter: Empty message');
    if (Buffer.byteLength(draft.message) > MAX_MESSAGE_BYTES) {
      throw new AwsError('InvalidParameter', 'Invalid parameter: Message too long');
    }
    if (draft.subject.length > MAX_SUBJECT_LENGTH || /[\n\r]/.test(draft.subject)) {
      throw new AwsError('InvalidParameter', 'Invalid parameter: Subject');
    }
    const published = { ...draft, messageId: randomUUID(), publishedAt: new Date() };
    this.messages.push(published);
    const { topicArn, subject, message } = published;
    this.emit({ type: 'message', topicArn, subject, message });
    return published;
  }

  private topic(topicArn: string): string {
    if (this.topics.has(topicArn)) return topicArn;
    throw new AwsError('NotFound', 'Topic does not exist', 404);
  }
}

function answer(action: string, requestId: string, result: Xml): AwsResponse {
  return xml(
    200,
    element(
      `${action}Response`,
      { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } },
      ' xmlns="http://sns.amazonaws.com/doc/2010-03-31/"',
    ),
  );
}
