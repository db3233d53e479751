/** @module A function as the API describes it: what a call may say of one, and what is said of it. */
import * as z from 'zod';
import type { FunctionSpec } from '../../lambda/function.ts';

/** What a function has besides its code. */
const CONFIGURATION = {
  Role: z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of a role is expected'),
  Handler: z.string().regex(/^[^.]+(\/[^.]+)*\.\w+$/, 'write it as file.export'),
  Runtime: z.string().startsWith('nodejs', 'the lab runs Node.js functions only'),
  Description: z.string().max(256).optional(),
  Timeout: z.number().int().min(1).max(900),
  MemorySize: z.number().int().min(128).max(10_240),
  Environment: z.strictObject({ Variables: z.record(z.string(), z.string()).default({}) }).optional(),
  VpcConfig: z
    .object({ SubnetIds: z.array(z.string()).default([]), SecurityGroupIds: z.array(z.string()).default([]) })
    .optional(),
};

/** Settings that change nothing in the lab. */
const HARMLESS = {
  Architectures: z.array(z.string()).optional(),
  TracingConfig: z.unknown().optional(),
  LoggingConfig: z.unknown().optional(),
  EphemeralStorage: z.unknown().optional(),
  PackageType: z.literal('Zip').optional(),
  Publish: z.literal(false).optional(),
};

const ZIP_FILE = z.base64().transform((text) => Buffer.from(text, 'base64'));

export const CREATE_FUNCTION = z.strictObject({
  FunctionName: z.string().regex(/^[\w-]{1,64}$/, 'up to 64 letters, digits, hyphens and underscores are expected'),
  Code: z.strictObject({ ZipFile: ZIP_FILE }),
  Tags: z.record(z.string(), z.string()).optional(),
  ...CONFIGURATION,
  Timeout: CONFIGURATION.Timeout.default(3),
  MemorySize: CONFIGURATION.MemorySize.default(128),
  ...HARMLESS,
});

export const UPDATE_CODE = z.strictObject({ ZipFile: ZIP_FILE, Publish: HARMLESS.Publish, DryRun: HARMLESS.Publish });

export const UPDATE_CONFIGURATION = z.strictObject({
  ...z.object(CONFIGURATION).partial().shape,
  TracingConfig: HARMLESS.TracingConfig,
  LoggingConfig: HARMLESS.LoggingConfig,
  EphemeralStorage: HARMLESS.EphemeralStorage,
});

/** The part of a specification that a configuration says; what it leaves out is left out. */
export function configured(input: z.infer<typeof UPDATE_CONFIGURATION>): Partial<FunctionSpec> {
  const { Role, Handler, Runtime, Description, Timeout, MemorySize, Environment, VpcConfig } = input;
  return {
    ...(Role !== undefined && { roleArn: Role }),
    ...(Handler !== undefined && { handler: Handler }),
    ...(Runtime !== undefined && { runtime: Runtime }),
    ...(Description !== undefined && { description: Description }),
    ...(Timeout !== undefined && { timeoutMs: Timeout * 1000 }),
    ...(MemorySize !== undefined && { memoryMb: MemorySize }),
    ...(Environment !== undefined && { environment: Environment.Variables }),
    ...(VpcConfig !== undefined &&
      VpcConfig.SubnetIds.length > 0 && {
        vpc: { subnetIds: VpcConfig.SubnetIds, groupIds: VpcConfig.SecurityGroupIds },
      }),
  };
}

/** @param modifiedAt when it was made or last changed */
export function describeFunction(spec: FunctionSpec, modifiedAt: Date) {
  return {
    FunctionName: spec.name,
    FunctionArn: spec.arn,
    Runtime: spec.runtime,
    Role: spec.roleArn,
    Handler: spec.handler,
    CodeSize: spec.archive?.bytes ?? 0,
    CodeSha256: spec.archive?.sha256 ?? '',
    Description: spec.description ?? '',
    Timeout: spec.timeoutMs / 1000,
    MemorySize: spec.memoryMb,
    LastModified: modifiedAt.toISOString().replace('Z', '+0000'),
    Version: '$LATEST',
    ...(Object.keys(spec.environment).length > 0 && { Environment: { Variables: spec.environment } }),
    ...(spec.vpc && { VpcConfig: { SubnetIds: spec.vpc.subnetIds, SecurityGroupIds: spec.vpc.groupIds } }),
    PackageType: 'Zip',
    State: 'Active',
    LastUpdateStatus: 'Successful',
  };
}
