/**
 * What a lab is asked to be, checked before anything is started.
 *
 * @module
 */
import * as z from 'zod';
import { parseFaultRules, type FaultRuleInput } from '../cloud/faults/rule.ts';

export interface LabSettings {
  /** @default 'mariadb' */
  readonly engine?: 'mariadb' | 'mysql';
  readonly topology?: {
    /** How many servers follow the primary: 2, 3 or 4.  @default 2 */
    readonly replicas?: number;
    /** Whether the configuration has the servers in one availability zone or in three.  @default 'one' */
    readonly zones?: 'one' | 'three';
    /** Whether the primary waits for a replica before it acknowledges.  @default 'required' */
    readonly semiSync?: 'required' | 'off';
  };
  /** How soon monitors vote that a primary is gone. */
  readonly detection?: {
    /** Between two probes, 100 to 60,000 milliseconds.  @default 1000 */
    readonly intervalMs?: number;
    /** A probe fails after this; at most `intervalMs` × `failures`.  @default `intervalMs` */
    readonly timeoutMs?: number;
    /** Failed probes before a monitor votes, 1 to 60.  @default 3 */
    readonly failures?: number;
    /** How long a primary that answers may take no write, in whole seconds from 5.  @default 30 */
    readonly writeDeadlineSeconds?: number;
  };
  /** After a failover no other starts by itself for this long, 0 to 86,400 seconds.  @default 300 */
  readonly cooldownSeconds?: number;
  /** How fast the lab's AWS is. */
  readonly aws?: {
    /** Factor on the guesses of AWS's latencies, 0 to 100; 0 is none.  @default 1 */
    readonly apiLatency?: number;
    /** How long EC2 takes to stop an instance, in milliseconds.  @default 2000 */
    readonly stopTimeMs?: number;
  };
  /**
   * Calls of AWS that fail, by rules (docs/drills.md), from when the lab is up; `lab.faults.aws` replaces them.
   *
   * @default none
   */
  readonly faults?: readonly FaultRuleInput[];
  /**
   * How hosts are made. `namespaces` can make partitions and lose packets, and needs a process that runs in a sandbox
   * (`npm run lab -- exec`).  @default 'auto': namespaces in such a process, loopback in any other
   */
  readonly net?: 'auto' | 'namespaces' | 'loopback';
  /** Told in plain words what happens: what is fetched, what monitors say, each state of the workflow.  @default nobody is */
  readonly onLine?: (line: string) => void;
}

/** The settings of a lab can't be used. `message` names each value, its field, and what to write. */
export class LabSettingsError extends Error {
  override readonly name = 'LabSettingsError';
}

const wholeNumber = (min: number, max: number) => {
  const error = `use a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const oneOf = <const Values extends readonly [string, ...string[]]>(...values: Values) =>
  z.enum(values, { error: `use ${values.map((value) => `'${value}'`).join(' or ')}` });
const section = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys' ? undefined : `use an object of ${Object.keys(shape).join(', ')}`,
  });
const apiLatencyError = 'use a number from 0 to 100';

const SETTINGS = section({
  engine: oneOf('mariadb', 'mysql').default('mariadb'),
  topology: section({
    replicas: wholeNumber(2, 4).default(2),
    zones: oneOf('one', 'three').default('one'),
    semiSync: oneOf('required', 'off').default('required'),
  }).prefault({}),
  detection: section({
    intervalMs: wholeNumber(100, 60_000).default(1_000),
    timeoutMs: wholeNumber(50, 30_000).optional(),
    failures: wholeNumber(1, 60).default(3),
    writeDeadlineSeconds: wholeNumber(5, 3_600).default(30),
  }).prefault({}),
  cooldownSeconds: wholeNumber(0, 86_400).default(300),
  aws: section({
    apiLatency: z
      .number({ error: apiLatencyError })
      .min(0, { error: apiLatencyError })
      .max(100, { error: apiLatencyError })
      .default(1),
    stopTimeMs: wholeNumber(0, 600_000).default(2_000),
  }).prefault({}),
  // They have a check of their own.
  faults: z.unknown().optional(),
  net: oneOf('auto', 'namespaces', 'loopback').default('auto'),
  onLine: z.custom<(line: string) => void>((value) => typeof value === 'function', 'use a function').optional(),
});

const LONGEST_TIMEOUT_MS = 30_000;

/** @throws LabSettingsError with a sentence for each wrong field; FaultRuleError for a rule that can't be used */
export function parseSettings(settings: LabSettings) {
  const parsed = SETTINGS.safeParse(settings);
  if (!parsed.success) {
    throw new LabSettingsError(parsed.error.issues.map((issue) => sentenceOf(issue, settings)).join('\n'));
  }
  const { detection, ...rest } = parsed.data;
  const { intervalMs, failures, timeoutMs = Math.min(intervalMs, LONGEST_TIMEOUT_MS) } = detection;
  if (timeoutMs > intervalMs * failures) {
    throw new LabSettingsError(
      `detection.timeoutMs: received ${timeoutMs}; use at most intervalMs × failures, ${intervalMs * failures}`,
    );
  }
  const faults = rest.faults === undefined ? [] : parseFaultRules(rest.faults, 'faults');
  return { ...rest, faults, detection: { ...detection, timeoutMs } };
}

function sentenceOf(issue: z.core.$ZodIssue, settings: unknown): string {
  const field = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => [...issue.path, key].join('.'));
    return `${names.join(', ')}: not a setting of a lab; leave it out`;
  }
  const value = issue.path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    settings,
  );
  return `${field === '' ? 'the settings' : field}: received ${JSON.stringify(value) ?? String(value)}; ${issue.message}`;
}
