/**
 * @module SNS: topics that keep what was published, so that a drill can show whom it would have told.
 *
 * Guarantees: a subscribed function is invoked with every message; other subscribers are recorded, and nothing leaves the
 * machine.
 */
import { randomUUID } from 'node:crypto';
import { type Account, arn } from '../account.ts';
import type { CloudListener } from '../events.ts';
import type { AwsResponse, AwsService } from '../service.ts';
import { AwsError, notModelled } from '../wire/aws-error.ts';
import { Form } from '../wire/form.ts';
import { operations } from '../wire/operations.ts';
import { queryAnswer } from '../wire/protocols.ts';
import type { Xml } from '../wire/xml.ts';
import { functionEvent, type PublishedMessage } from './sns/function-event.ts';

export interface Subscription {
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

export interface SnsOptions {
  readonly account: Account;
  readonly emit: CloudListener;
  /** Hands an event to a function. @throws AwsError when there is no such function */
  readonly invokeFunction: (functionArn: string, event: string) => void;
}

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
const MAX_MESSAGE_BYTES = 262_144;
const MAX_SUBJECT_LENGTH = 100;
const PENDING = 'pending confirmation';

/** Subscribers who must agree first. The lab's never answer. */
const CONFIRMED_BY_HAND = new Set(['email', 'email-json', 'http', 'https']);

export class Sns {
  readonly service: AwsService;
  /** Everything that was published, oldest first. */
  readonly messages: PublishedMessage[] = [];
  private readonly topics = new Map<string, Readonly<Record<string, string>>>();
  private readonly subscribed = new Map<string, Subscription>();
  private readonly options: SnsOptions;

  constructor(options: SnsOptions) {
    this.options = options;
    this.service = operations('sns', {
      CreateTopic: this.operation((form) => {
        const name = form.required('Name');
        const attributes = form.map('Attributes');
        form.tags();
        if (name.endsWith('.fifo') || attributes['FifoTopic'] === 'true') throw notModelled('FIFO topics');
        return { TopicArn: this.createTopic(name, attributes) };
      }),
      DeleteTopic: this.operation((form) => {
        const topicArn = form.required('TopicArn');
        this.topics.delete(topicArn);
        for (const [id, { topicArn: of }] of this.subscribed) if (of === topicArn) this.subscribed.delete(id);
        return {};
      }),
      ListTopics: this.operation((form) => {
        form.text('NextToken');
        return { Topics: { member: [...this.topics.keys()].map((TopicArn) => ({ TopicArn })) } };
      }),
      GetTopicAttributes: this.operation((form) => {
        const topicArn = this.topic(form.required('TopicArn'));
        const attributes = { TopicArn: topicArn, Owner: options.account.id, ...this.topics.get(topicArn) };
        return { Attributes: { entry: Object.entries(attributes).map(([key, value]) => ({ key, value })) } };
      }),
      SetTopicAttributes: this.operation((form) => {
        const topicArn = this.topic(form.required('TopicArn'));
        const changed = { [form.required('AttributeName')]: form.text('AttributeValue') ?? '' };
        this.topics.set(topicArn, { ...this.topics.get(topicArn), ...changed });
        return {};
      }),
      Subscribe: this.operation((form) => {
        const subscription = {
          topicArn: form.required('TopicArn'),
          protocol: form.required('Protocol'),
          endpoint: form.required('Endpoint'),
        };
        const wantsArn = form.flag('ReturnSubscriptionArn');
        const id = this.subscribe(subscription.topicArn, subscription.protocol, subscription.endpoint);
        return { SubscriptionArn: CONFIRMED_BY_HAND.has(subscription.protocol) && !wantsArn ? PENDING : id };
      }),
      Unsubscribe: this.operation((form) => {
        this.subscribed.delete(form.required('SubscriptionArn'));
        return {};
      }),
      ListSubscriptions: this.operation((form) => {
        form.text('NextToken');
        return { Subscriptions: { member: this.listed() } };
      }),
      ListSubscriptionsByTopic: this.operation((form) => {
        form.text('NextToken');
        return { Subscriptions: { member: this.listed(this.topic(form.required('TopicArn'))) } };
      }),
      Publish: this.operation((form) => {
        const published = this.publish({
          topicArn: form.required('TopicArn'),
          subject: form.text('Subject') ?? '',
          message: form.text('Message') ?? '',
          attributes: form.entries('MessageAttributes'),
        });
        return { MessageId: published.messageId };
      }),
    });
  }

  get subscriptions(): readonly Subscription[] {
    return [...this.subscribed.values()];
  }

  /** Idempotent. Returns the topic's ARN. */
  createTopic(name: string, attributes: Readonly<Record<string, string>> = {}): string {
    const topicArn = arn(this.options.account, 'sns', name);
    if (!this.topics.has(topicArn)) this.topics.set(topicArn, attributes);
    return topicArn;
  }

  /** Returns the subscription's ARN, the same for the same subscriber. @throws AwsError `NotFound` */
  subscribe(topicArn: string, protocol: string, endpoint: string): string {
    const subscription = { topicArn: this.topic(topicArn), protocol, endpoint };
    const isSame = (each: Subscription) =>
      each.topicArn === topicArn && each.protocol === protocol && each.endpoint === endpoint;
    const [existing] = [...this.subscribed].find(([, each]) => isSame(each)) ?? [];
    const id = existing ?? `${topicArn}:${randomUUID()}`;
    this.subscribed.set(id, subscription);
    return id;
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
    this.options.emit({ type: 'message', topicArn, subject, message });
    this.deliver(published);
    return published;
  }

  private deliver(published: PublishedMessage): void {
    for (const [id, { topicArn, protocol, endpoint }] of this.subscribed) {
      if (topicArn !== published.topicArn || protocol !== 'lambda') continue;
      try {
        this.options.invokeFunction(endpoint, functionEvent(published, id));
      } catch (error) {
        // Whoever published has no part in it.
        this.options.emit({ type: 'fault', error });
      }
    }
  }

  private listed(of?: string): Xml[] {
    return [...this.subscribed]
      .filter(([, { topicArn }]) => of === undefined || topicArn === of)
      .map(([id, { topicArn, protocol, endpoint }]) => ({
        SubscriptionArn: CONFIRMED_BY_HAND.has(protocol) ? 'PendingConfirmation' : id,
        Owner: this.options.account.id,
        Protocol: protocol,
        Endpoint: endpoint,
        TopicArn: topicArn,
      }));
  }

  private operation(run: (form: Form) => Xml) {
    return (request: { readonly body: Buffer; readonly requestId: string }): AwsResponse => {
      const form = new Form(request.body);
      const result = run(form);
      form.end();
      return queryAnswer(NAMESPACE, form.action, request.requestId, result);
    };
  }

  private topic(topicArn: string): string {
    if (this.topics.has(topicArn)) return topicArn;
    throw new AwsError('NotFound', 'Topic does not exist', 404);
  }
}
