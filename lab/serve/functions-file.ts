/**
 * The file that says which functions a served lab has: for each name a handler's file, or answers written down.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { messageOf } from '../../lib/core/errors.ts';
import type { FunctionError } from '../cloud/lambda/function.ts';

const NAME = /^[\w-]{1,64}$/;

/** How long the answer takes. */
const timing = { delayMs: z.number().int().min(0).max(900_000).default(0) };

/** What a runtime reports, in the order in which it was written: that is how the cause of a task has it. */
const report = z
  .record(z.string(), z.json())
  .refine((given) => typeof given['errorType'] === 'string' && typeof given['errorMessage'] === 'string', {
    error: 'the texts errorType and errorMessage are expected',
  })
  .transform((given) => given as FunctionError);

/** What a function gives back: a result, or an error by its type or as the whole report of a runtime. */
const answer = z.union([
  z.strictObject({ result: z.json(), ...timing }),
  z.strictObject({ error: z.string().min(1), message: z.string().default(''), ...timing }),
  z.strictObject({ error: report, ...timing }),
]);

const settings = {
  timeoutSeconds: z.number().int().min(1).max(900).default(3),
  memoryMb: z.number().int().min(128).max(10_240).default(128),
  environment: z.record(z.string(), z.string()).default({}),
  /** The ARN of the role that the function calls AWS as. */
  role: z.string().startsWith('arn:aws:iam::').optional(),
};

const fromFile = z.strictObject({
  /** Relative to the functions file. */
  file: z.string().min(1),
  /** The file's export. */
  handler: z.string().regex(/^\w+$/).default('handler'),
  ...settings,
});

const recorded = z.strictObject({ answers: z.array(answer).min(1) });

export type FileFunction = z.output<typeof fromFile> & { readonly name: string };
export type RecordedFunction = z.output<typeof recorded> & { readonly name: string };
export type DeclaredFunction = FileFunction | RecordedFunction;

/**
 * Reads a functions file: JSON, or a module whose default export is the same.
 *
 * @returns the functions with the paths of their files absolute
 * @throws Error that names the file, the function, the field and the value
 */
export async function readFunctionsFile(path: string): Promise<readonly DeclaredFunction[]> {
  const declared = await load(resolve(path));
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) {
    throw new Error(`${path} must hold an object with a function under each name`);
  }
  return Object.entries(declared).map(([name, value]) => declaredFunction(path, name, value));
}

async function load(path: string): Promise<unknown> {
  try {
    if (extname(path) === '.json') return JSON.parse(await readFile(path, 'utf8'));
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    throw new Error(`the functions file ${path} can't be read: ${messageOf(error)}`, { cause: error });
  }
}

function declaredFunction(path: string, name: string, value: unknown): DeclaredFunction {
  if (!NAME.test(name)) {
    throw new Error(`${path}: the name "${name}" must have up to 64 letters, digits, hyphens and underscores`);
  }
  const given: unknown = typeof value === 'string' ? { file: value } : value;
  const isRecorded = typeof given === 'object' && given !== null && 'answers' in given;
  if (isRecorded) return { name, ...checked(recorded, given, `${path}: function ${name}`) };
  const { file, ...rest } = checked(fromFile, given, `${path}: function ${name}`);
  return { name, file: resolve(dirname(path), file), ...rest };
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`);
  throw new Error(`${where} can't be used: ${problems.join('; ')}; it is ${JSON.stringify(value)}`);
}
