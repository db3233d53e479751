/**
 * @module The calls of Lambda's API that make, change and describe functions.
 *
 * Guarantees: a function that was made can be invoked when the call is answered; what runs while its function is changed
 * or deleted runs to its end.
 */
import { arn, type Account } from '../../account.ts';
import type { FunctionSpec } from '../../lambda/function.ts';
import { unpack } from '../../lambda/unpack.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { json, type Operation, parseJson } from '../../wire/operations.ts';
import type { World } from '../../world/world.ts';
import { configured, CREATE_FUNCTION, describeFunction, UPDATE_CODE, UPDATE_CONFIGURATION } from './function-input.ts';

/** The functions of an account. All but the first three refuse an unknown name by `ResourceNotFoundException`. */
export interface Functions {
  createFunction(spec: FunctionSpec): Promise<void>;
  has(name: string): boolean;
  names(): readonly string[];
  specOf(name: string): FunctionSpec;
  modifiedAt(name: string): Date;
  deleteFunction(name: string): void;
}

export interface FunctionOperationsOptions {
  readonly functions: Functions;
  readonly account: Account;
  readonly world: World;
  /** A directory of the cloud's own, removed with it. */
  readonly scratchDirectory: () => string;
}

const MAX_PAGE = 50;

export function functionOperations(options: FunctionOperationsOptions): Readonly<Record<string, Operation>> {
  const { functions, account, world, scratchDirectory } = options;
  const describe = (name: string) => describeFunction(functions.specOf(name), functions.modifiedAt(name));
  const create = async (spec: FunctionSpec): Promise<void> => {
    for (const id of spec.vpc?.subnetIds ?? []) assertKnown(world.subnets, id, 'subnet');
    for (const id of spec.vpc?.groupIds ?? []) assertKnown(world.securityGroups, id, 'security group');
    await functions.createFunction(spec);
  };
  const delivered = (zip: Buffer) => {
    const codeDirectory = scratchDirectory();
    return { codeDirectory, archive: unpack(zip, codeDirectory) };
  };
  return {
    async CreateFunction(request) {
      const { FunctionName: name, Code, ...input } = parseJson(CREATE_FUNCTION, request.body);
      if (functions.has(name)) throw new AwsError('ResourceConflictException', `Function already exist: ${name}`, 409);
      const { Tags: _tags, Architectures: _architectures, PackageType: _type, Publish: _publish, ...rest } = input;
      await create({
        name,
        arn: arn(account, 'lambda', `function:${name}`),
        environment: {},
        reservedConcurrency: undefined,
        ...(configured(rest) as Pick<FunctionSpec, 'roleArn' | 'handler' | 'runtime' | 'memoryMb' | 'timeoutMs'>),
        ...delivered(Code.ZipFile),
      });
      return json(201, describe(name));
    },
    async UpdateFunctionCode(request, [name = '']) {
      const { ZipFile, DryRun: _dryRun } = parseJson(UPDATE_CODE, request.body);
      await create({ ...functions.specOf(name), ...delivered(ZipFile) });
      return json(200, describe(name));
    },
    async UpdateFunctionConfiguration(request, [name = '']) {
      const input = parseJson(UPDATE_CONFIGURATION, request.body);
      await create({ ...functions.specOf(name), ...configured(input) });
      return json(200, describe(name));
    },
    GetFunction: (_request, [name = '']) =>
      json(200, { Configuration: describe(name), Code: { RepositoryType: 'S3' }, Tags: {} }),
    GetFunctionConfiguration: (_request, [name = '']) => json(200, describe(name)),
    ListFunctions: ({ query }) => {
      const names = functions.names();
      const from = Number(query.get('Marker') ?? 0);
      const end = from + Math.min(Number(query.get('MaxItems') ?? MAX_PAGE), MAX_PAGE);
      const NextMarker = end < names.length ? { NextMarker: String(end) } : {};
      return json(200, { Functions: names.slice(from, end).map(describe), ...NextMarker });
    },
    DeleteFunction: (_request, [name = '']) => {
      functions.deleteFunction(name);
      return { status: 204, body: '' };
    },
  };
}

function assertKnown(known: ReadonlyMap<string, unknown>, id: string, kind: string): void {
  if (known.has(id)) return;
  throw new AwsError('InvalidParameterValueException', `The ${kind} ID '${id}' does not exist`);
}
