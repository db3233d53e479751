/**
 * Puts the functions of a functions file into a cloud.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import { arn, roleArn } from '../cloud/account.ts';
import type { LabCloud } from '../cloud/cloud.ts';
import { bundleHandler } from '../cloud/lambda/bundle.ts';
import type { FunctionSpec, InvocationResult } from '../cloud/lambda/function.ts';
import { RecordedAnswers } from '../cloud/lambda/recorded-answers.ts';
import type { DeclaredFunction, FileFunction, RecordedFunction } from './functions-file.ts';

/** @throws Error that names the function whose file can't be bundled */
export async function registerFunctions(cloud: LabCloud, functions: readonly DeclaredFunction[]): Promise<void> {
  for (const declared of functions) {
    if ('answers' in declared) cloud.lambda.register(recordedFunction(cloud, declared));
    else await cloud.lambda.createFunction(await bundledFunction(cloud, declared));
  }
}

async function bundledFunction(cloud: LabCloud, declared: FileFunction): Promise<FunctionSpec> {
  const codeDirectory = cloud.scratchDirectory();
  await bundleHandler(declared.file, codeDirectory).catch((error: unknown) => {
    throw new Error(`the function ${declared.name} can't be bundled: ${messageOf(error)}`, { cause: error });
  });
  return {
    ...specOf(cloud, declared.name),
    ...(declared.role !== undefined && { roleArn: declared.role }),
    handler: `index.${declared.handler}`,
    codeDirectory,
    memoryMb: declared.memoryMb,
    timeoutMs: declared.timeoutSeconds * 1_000,
    environment: declared.environment,
  };
}

function recordedFunction(cloud: LabCloud, { name, answers }: RecordedFunction): RecordedAnswers {
  const [first, ...rest] = answers.map((answer) => ({ result: resultOf(answer), delayMs: answer.delayMs }));
  if (first === undefined) throw new RangeError(`the function ${name} has no answer`);
  return new RecordedAnswers(specOf(cloud, name), [first, ...rest]);
}

function resultOf(answer: RecordedFunction['answers'][number]): InvocationResult {
  if ('result' in answer) return { ok: true, payload: JSON.stringify(answer.result) };
  if (typeof answer.error === 'object') return { ok: false, error: answer.error };
  const errorMessage = 'message' in answer ? answer.message : '';
  return { ok: false, error: { errorType: answer.error, errorMessage, trace: [] } };
}

function specOf({ account }: LabCloud, name: string): FunctionSpec {
  return {
    name,
    arn: arn(account, 'lambda', `function:${name}`),
    roleArn: roleArn(account, 'lab-function'),
    handler: 'index.handler',
    codeDirectory: '',
    runtime: 'nodejs24.x',
    memoryMb: 128,
    timeoutMs: 3_000,
    environment: {},
    reservedConcurrency: undefined,
  };
}
