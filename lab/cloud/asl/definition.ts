/**
 * @module The part of Amazon States Language that the lab runs: JSONata states of a Standard workflow.
 *
 * Guarantees: a value that passes `machineSchema` has only fields that the interpreter honours. A field of the language
 * that it doesn't honour is refused here rather than ignored at run time.
 */
import { z } from 'zod';

/** The service's limit for every duration in seconds. */
const MAX_SECONDS = 99_999_999;

/** RFC 3339 with the upper-case `T` and the offset that the language asks for. */
export const TIMESTAMP =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** `{% … %}`, with nothing before or after: any other string is itself. */
const EXPRESSION = /^\{%[^]*%\}$/;

const expression = z.string().regex(EXPRESSION, 'a JSONata expression between {% and %} is expected');
const template = z.json();
const assignment = z.record(z.string(), template);
const seconds = z.number().int().max(MAX_SECONDS);
const errorNames = z.array(z.string()).min(1);

const retrier = z.strictObject({
  ErrorEquals: errorNames,
  Comment: z.string().optional(),
  IntervalSeconds: seconds.min(1).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxAttempts: z.number().int().min(0).max(MAX_SECONDS).optional(),
  MaxDelaySeconds: z.number().int().min(1).max(31_622_400).optional(),
  JitterStrategy: z.enum(['NONE', 'FULL']).optional(),
});

const catcher = z.strictObject({
  ErrorEquals: errorNames,
  Comment: z.string().optional(),
  Next: z.string(),
  Assign: assignment.optional(),
  Output: template.optional(),
});

const queryLanguage = z.enum(['JSONPath', 'JSONata']).optional();
const common = { Comment: z.string().optional(), QueryLanguage: queryLanguage };
const following = { Next: z.string().optional(), End: z.boolean().optional() };
const data = { Assign: assignment.optional(), Output: template.optional() };
const handlers = { Retry: z.array(retrier).optional(), Catch: z.array(catcher).optional() };

const passState = z.strictObject({ Type: z.literal('Pass'), ...common, ...following, ...data });

const taskState = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...following,
  ...data,
  ...handlers,
  Resource: z.string(),
  Arguments: template.optional(),
  TimeoutSeconds: z.union([seconds.min(1), expression]).optional(),
  HeartbeatSeconds: z.union([seconds.min(1), expression]).optional(),
});

const choiceRule = z.strictObject({
  Condition: z.union([z.boolean(), expression]),
  Next: z.string(),
  Comment: z.string().optional(),
  ...data,
});

const choiceState = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...data,
  Choices: z.array(choiceRule).min(1),
  Default: z.string().optional(),
});

const waitState = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...following,
  ...data,
  Seconds: z.union([seconds.min(0), expression]).optional(),
  Timestamp: z.union([z.string().regex(TIMESTAMP, 'an RFC 3339 timestamp is expected'), expression]).optional(),
});

const succeedState = z.strictObject({ Type: z.literal('Succeed'), ...common, Output: template.optional() });

const failState = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: z.string().optional(),
  Cause: z.string().optional(),
});

// The two states that contain others know their regions by this name only, or their types would define each other.
const region: z.ZodType<Region> = z.lazy(() => regionSchema);
const processor: z.ZodType<Region> = z.lazy(() => processorSchema);

const parallelState = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  ...following,
  ...data,
  ...handlers,
  Arguments: template.optional(),
  Branches: z.array(region).min(1),
});

const mapState = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  ...following,
  ...data,
  ...handlers,
  Items: z.union([z.array(template), expression]).optional(),
  ItemSelector: template.optional(),
  MaxConcurrency: z.union([z.number().int().min(0), expression]).optional(),
  ItemProcessor: processor,
});

const stateSchema = z.discriminatedUnion('Type', [
  passState,
  taskState,
  choiceState,
  waitState,
  succeedState,
  failState,
  parallelState,
  mapState,
]);

const regionSchema = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  States: z.record(z.string(), stateSchema),
});

const processorSchema = regionSchema.extend({
  ProcessorConfig: z.strictObject({ Mode: z.literal('INLINE') }).optional(),
});

export const machineSchema = regionSchema.extend({
  Version: z.literal('1.0').optional(),
  QueryLanguage: queryLanguage,
  TimeoutSeconds: seconds.min(1).optional(),
});

export type StateMachineDefinition = z.infer<typeof machineSchema>;
export type State = z.infer<typeof stateSchema>;
export type StateOf<T extends State['Type']> = Extract<State, { Type: T }>;
export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;

/** States that run in their own chain: the machine's, those of a branch, or those of a `Map`'s processor. */
export interface Region {
  Comment?: string | undefined;
  StartAt: string;
  States: Record<string, State>;
}
