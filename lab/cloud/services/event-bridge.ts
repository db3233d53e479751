/**
 * @module EventBridge: rules on the default bus that start executions and invoke functions.
 *
 * Guarantees: an event that the lab's own services emit, or that somebody puts, reaches every target of every enabled
 * rule that takes it, once, after the latency of a delivery (a guess). A target that refuses
 * is asked again as its retry policy says.
 *
 * Left out: other buses, archives, schedules, repeated delivery, targets that are neither a state machine nor a function,
 * matchers other than exact values.
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Account, arn } from '../account.ts';
import type { CloudListener } from '../events.ts';
import type { Latency } from '../latency.ts';
import type { AwsService } from '../service.ts';
import type { Timers } from '../timers.ts';
import { AwsError, notModelled } from '../wire/aws-error.ts';
import { jsonOperation, operations } from '../wire/operations.ts';
import { DEFAULT_RETRY_POLICY, deliverEvent } from './delivery.ts';
import { type BusEvent, matchesPattern, type Pattern, patternOf } from './event-bridge/pattern.ts';
import { PUT_EVENTS, type PutEvent, type RefusedEvent, refusalOf } from './event-bridge/put-events.ts';
import { INPUT_TRANSFORMER, inputOf } from './event-bridge/transform.ts';

export const TARGET = z.strictObject({
  Id: z.string(),
  Arn: z.string(),
  RoleArn: z.string().optional(),
  Input: z.string().optional(),
  InputTransformer: INPUT_TRANSFORMER.optional(),
  RetryPolicy: z
    .strictObject({
      MaximumEventAgeInSeconds: z.number().default(DEFAULT_RETRY_POLICY.MaximumEventAgeInSeconds),
      MaximumRetryAttempts: z.number().default(DEFAULT_RETRY_POLICY.MaximumRetryAttempts),
    })
    .default(DEFAULT_RETRY_POLICY),
});
export type Target = z.infer<typeof TARGET>;

interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly pattern: Pattern;
  readonly description: string | undefined;
  enabled: boolean;
  targets: readonly Target[];
}

/** What a service of the lab has to tell. */
export interface Emitted {
  readonly source: string;
  readonly detailType: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface StartedExecution {
  readonly stateMachineArn: string;
  /** The same for each attempt to deliver one event. */
  readonly name: string;
  readonly input: string;
  readonly roleArn: string;
  /** What the role is told that it is used for. */
  readonly ruleArn: string;
}

export interface EventBridgeOptions {
  readonly account: Account;
  readonly timers: Timers;
  readonly latency: () => Latency;
  readonly emit: CloudListener;
  /** Starts an execution under the role of a target. @throws Error when it is refused */
  readonly startExecution: (started: StartedExecution) => Promise<void>;
  /** Hands an event to a function. @throws AwsError when there is no such function */
  readonly invokeFunction: (functionArn: string, event: string) => void;
}

const NAMED = z.strictObject({ Name: z.string(), EventBusName: z.literal('default').optional() });
const OF_RULE = z.strictObject({ Rule: z.string(), EventBusName: z.literal('default').optional() });

export class EventBridge {
  readonly service: AwsService;
  private readonly options: EventBridgeOptions;
  private readonly rules = new Map<string, Rule>();

  constructor(options: EventBridgeOptions) {
    this.options = options;
    this.service = operations('events', {
      PutRule: jsonOperation(
        NAMED.extend({
          EventPattern: z.string(),
          State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
          Description: z.string().optional(),
        }),
        ({ Name, EventPattern, State, Description }) => ({
          RuleArn: this.putRule(Name, JSON.parse(EventPattern), {
            enabled: State === 'ENABLED',
            description: Description,
          }),
        }),
      ),
      PutTargets: jsonOperation(OF_RULE.extend({ Targets: z.array(TARGET) }), ({ Rule, Targets }) => {
        this.putTargets(Rule, Targets);
        return { FailedEntryCount: 0, FailedEntries: [] };
      }),
      RemoveTargets: jsonOperation(OF_RULE.extend({ Ids: z.array(z.string()) }), ({ Rule, Ids }) => {
        const rule = this.rule(Rule);
        rule.targets = rule.targets.filter(({ Id }) => !Ids.includes(Id));
        return { FailedEntryCount: 0, FailedEntries: [] };
      }),
      DeleteRule: jsonOperation(NAMED, ({ Name }) => {
        if ((this.rules.get(Name)?.targets.length ?? 0) > 0) {
          throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
        }
        this.rules.delete(Name);
      }),
      PutEvents: jsonOperation(PUT_EVENTS, ({ Entries }) => {
        const answers = Entries.map((entry) => this.putEvent(entry));
        return { FailedEntryCount: answers.filter((each) => 'ErrorCode' in each).length, Entries: answers };
      }),
      DescribeRule: jsonOperation(NAMED, ({ Name }) => describe(this.rule(Name))),
      ListRules: jsonOperation(z.strictObject({}), () => ({ Rules: [...this.rules.values()].map(describe) })),
      ListTargetsByRule: jsonOperation(OF_RULE, ({ Rule }) => ({ Targets: this.rule(Rule).targets })),
      EnableRule: jsonOperation(NAMED, ({ Name }) => void (this.rule(Name).enabled = true)),
      DisableRule: jsonOperation(NAMED, ({ Name }) => void (this.rule(Name).enabled = false)),
    });
  }

  /** Makes or replaces a rule; its targets stay. Returns the ARN. @throws AwsError `NotImplemented` */
  putRule(
    name: string,
    pattern: unknown,
    { enabled, description }: { enabled: boolean; description?: string | undefined },
  ) {
    const ruleArn = arn(this.options.account, 'events', `rule/${name}`);
    const targets = this.rules.get(name)?.targets ?? [];
    this.rules.set(name, { name, arn: ruleArn, pattern: patternOf(pattern), description, enabled, targets });
    return ruleArn;
  }

  /** Adds targets, or replaces those of the same id. @throws AwsError `ResourceNotFoundException`, `NotImplemented` */
  putTargets(name: string, targets: readonly Target[]): void {
    for (const { Arn, RoleArn } of targets) {
      if (Arn.includes(':lambda:')) continue;
      if (!Arn.includes(':stateMachine:')) throw notModelled(`the event target ${Arn}`);
      if (RoleArn === undefined) throw new AwsError('ValidationException', `RoleArn is required for target ${Arn}.`);
    }
    const rule = this.rule(name);
    const others = rule.targets.filter((each) => targets.every(({ Id }) => Id !== each.Id));
    rule.targets = [...others, ...targets];
  }

  /** Switches every rule off. */
  disableRules(): void {
    for (const rule of this.rules.values()) rule.enabled = false;
  }

  /** Takes an event from a caller of the API, or says why not. */
  private putEvent(entry: PutEvent): { readonly EventId: string } | RefusedEvent {
    const refusal = refusalOf(entry);
    if (refusal) return refusal;
    const { Source: source = '', DetailType: detailType = '', Detail: detail = '{}', Resources: resources } = entry;
    return { EventId: this.emit({ source, detailType, resources, detail: JSON.parse(detail) as Emitted['detail'] }) };
  }

  /** Tells the bus, as the services of AWS do by themselves. Returns the event's id. */
  emit({ source, detailType, resources, detail }: Emitted): string {
    const { account, timers, latency, emit } = this.options;
    const id = randomUUID();
    const event: BusEvent = {
      version: '0',
      id,
      'detail-type': detailType,
      source,
      account: account.id,
      time: `${new Date().toISOString().slice(0, 19)}Z`,
      region: account.region,
      resources,
      detail,
    };
    const taken = [...this.rules.values()].filter((rule) => rule.enabled && matchesPattern(rule.pattern, event));
    for (const { target, ruleArn } of taken.flatMap((rule) =>
      rule.targets.map((target) => ({ target, ruleArn: rule.arn })),
    )) {
      // One millisecond at least: never in the call that made the event.
      const hand = this.delivery(event, target, ruleArn);
      const delivery = { by: 'events', targetArn: target.Arn, policy: target.RetryPolicy, timers, emit } as const;
      void timers.after(Math.max(1, latency()('events', 'Deliver')), () => deliverEvent(delivery, hand));
    }
    return id;
  }

  /** Hands an event to a target; to be called for each attempt. */
  private delivery(event: BusEvent, target: Target, ruleArn: string): () => Promise<void> {
    const { invokeFunction, startExecution } = this.options;
    const input = inputOf(event, target);
    if (target.Arn.includes(':lambda:')) return async () => invokeFunction(target.Arn, input);
    const execution: StartedExecution = {
      stateMachineArn: target.Arn,
      name: randomUUID(),
      input,
      roleArn: target.RoleArn ?? '',
      ruleArn,
    };
    return () => startExecution(execution);
  }

  private rule(name: string): Rule {
    const rule = this.rules.get(name);
    if (rule) return rule;
    throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
  }
}

function describe({ name, arn: ruleArn, pattern, description, enabled }: Rule): unknown {
  return {
    Name: name,
    Arn: ruleArn,
    EventPattern: JSON.stringify(pattern),
    State: enabled ? 'ENABLED' : 'DISABLED',
    Description: description,
    EventBusName: 'default',
  };
}
