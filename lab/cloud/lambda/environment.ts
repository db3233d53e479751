/** @module The environment of a function's process, as Lambda gives it: nothing of the lab's own process leaks in. */
import type { Account } from '../account.ts';
import type { Credentials } from '../identities.ts';
import { type FunctionSpec, logGroupOf } from './function.ts';

export function environmentOf(
  spec: FunctionSpec,
  account: Account,
  credentials: Credentials,
  endpointUrl: string,
): Readonly<Record<string, string>> {
  return {
    // Node, and whatever the host needs to enter its network, are found here.
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    // The lab runs handlers on its own Node. Advice about that version's age would not be heard on the deployed runtime.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...spec.environment,
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_EXECUTION_ENV: `AWS_Lambda_${spec.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(spec),
    AWS_LAMBDA_LOG_STREAM_NAME: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: spec.codeDirectory,
    _HANDLER: spec.handler,
  };
}
