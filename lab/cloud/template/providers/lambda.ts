/** @module Functions of a template: their bundle from the assembly's assets, or inline code. */
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { arn } from '../../account.ts';
import { type Context, provider } from '../provider.ts';

const CODE = z.union([
  z.strictObject({ S3Bucket: z.string(), S3Key: z.string() }),
  z.strictObject({ ZipFile: z.string() }),
]);

export const lambdaFunction = provider(
  {
    FunctionName: z.string().optional(),
    Code: CODE,
    Handler: z.string().regex(/^[^.]+(\/[^.]+)*\.\w+$/, 'write it as file.export'),
    Role: z.string(),
    Runtime: z.string().startsWith('nodejs', 'the lab runs Node.js functions only'),
    Timeout: z.coerce.number().default(3),
    MemorySize: z.coerce.number().default(128),
    Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
    VpcConfig: z
      .object({ SubnetIds: z.array(z.string()).min(1), SecurityGroupIds: z.array(z.string()).default([]) })
      .optional(),
    ReservedConcurrentExecutions: z.coerce.number().optional(),
    LoggingConfig: z.object({ LogGroup: z.string().optional() }).default({}),
  },
  ['Architectures', 'Description', 'TracingConfig', 'EphemeralStorage'],
  async (properties, context) => {
    const name = properties.FunctionName ?? context.generatedName;
    const functionArn = arn(context.account, 'lambda', `function:${name}`);
    const { VpcConfig, LoggingConfig } = properties;
    await context.lambda.createFunction({
      name,
      arn: functionArn,
      roleArn: properties.Role,
      handler: properties.Handler,
      codeDirectory: codeDirectory(properties.Code, context),
      runtime: properties.Runtime,
      memoryMb: properties.MemorySize,
      timeoutMs: properties.Timeout * 1000,
      environment: properties.Environment?.Variables ?? {},
      reservedConcurrency: properties.ReservedConcurrentExecutions,
      ...(LoggingConfig.LogGroup !== undefined && { logGroup: LoggingConfig.LogGroup }),
      ...(VpcConfig && { vpc: { subnetIds: VpcConfig.SubnetIds, groupIds: VpcConfig.SecurityGroupIds } }),
    });
    return { physicalId: name, attributes: { Arn: functionArn } };
  },
);

export const eventInvokeConfig = provider(
  {
    FunctionName: z.string(),
    Qualifier: z.literal('$LATEST'),
    MaximumRetryAttempts: z.coerce.number().optional(),
    MaximumEventAgeInSeconds: z.coerce.number().optional(),
  },
  [],
  ({ FunctionName, MaximumRetryAttempts, MaximumEventAgeInSeconds }, { lambda, generatedName }) => {
    lambda.setAsyncPolicy(FunctionName, {
      ...(MaximumRetryAttempts !== undefined && { maximumRetryAttempts: MaximumRetryAttempts }),
      ...(MaximumEventAgeInSeconds !== undefined && { maximumEventAgeMs: MaximumEventAgeInSeconds * 1000 }),
    });
    return { physicalId: generatedName };
  },
);

function codeDirectory(code: z.infer<typeof CODE>, context: Context): string {
  if ('ZipFile' in code) {
    const directory = context.scratchDirectory();
    // CloudFormation names inline Node.js code so; as CommonJS, whatever surrounds the directory.
    writeFileSync(join(directory, 'index.cjs'), code.ZipFile);
    return directory;
  }
  const path = context.asset(code.S3Key);
  if (statSync(path).isDirectory()) return path;
  throw new Error(`its asset ${path} is a file; the lab runs functions from directories only`);
}
