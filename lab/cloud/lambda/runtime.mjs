/**
 * @module The process inside a sandbox: loads one handler and runs one invocation at a time.
 *
 * Plain JavaScript that Node runs as it is, so that a cold start costs what starting Node and loading the bundle
 * costs. It talks to its parent over the IPC channel; standard output and error belong to the handler.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const { LAMBDA_TASK_ROOT: taskRoot = '', _HANDLER: handlerName = '' } = process.env;

/** Sends to the parent and resolves when it is out. */
const send = (message) => new Promise((resolve) => process.send?.(message, resolve));

const describe = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

async function loadHandler() {
  const dot = handlerName.lastIndexOf('.');
  const stem = join(taskRoot, handlerName.slice(0, dot));
  const file = ['.js', '.mjs', '.cjs'].map((extension) => stem + extension).find((path) => existsSync(path));
  if (!file) {
    throw Object.assign(new Error(`Cannot find module '${stem}'`), { name: 'Runtime.ImportModuleError' });
  }
  const module = await import(pathToFileURL(file).href);
  const exported = handlerName.slice(dot + 1);
  const handler = module[exported] ?? module.default?.[exported];
  if (typeof handler !== 'function') {
    throw Object.assign(new Error(`${handlerName} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
  }
  return handler;
}

async function invoke(handler, { requestId, payload, deadlineMs, functionArn }) {
  const context = {
    awsRequestId: requestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
  try {
    const result = await handler(JSON.parse(payload), context);
    await send({ type: 'result', payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    await send({ type: 'error', error: describe(error) });
  }
}

// A parent that is gone leaves nobody to answer to.
process.on('disconnect', () => process.exit(0));
try {
  const handler = await loadHandler();
  process.on('message', (message) => void invoke(handler, message));
  await send({ type: 'ready' });
} catch (error) {
  await send({ type: 'init-error', error: describe(error) });
  process.exit(1);
}
