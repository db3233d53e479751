/**
 * @module Lambda: functions that really run, and their invocations.
 *
 * Guarantees: a synchronous invocation gives the function's answer or its error as Lambda reports it; an asynchronous
 * one is accepted, then tried again after a failure as often as the function's configuration says.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Account, arn } from '../account.ts';
import type { CloudListener } from '../events.ts';
import type { Access } from '../iam/access.ts';
import type { Caller, Identities } from '../identities.ts';
import { environmentOf } from '../lambda/environment.ts';
import { assumeExecutionRole, type ExecutionRole } from '../lambda/execution-role.ts';
import type { FunctionRuntime, FunctionSpec, InvocationResult } from '../lambda/function.ts';
import { FunctionHosts } from '../lambda/hosts.ts';
import { SandboxPool } from '../lambda/pool.ts';
import type { AwsRequest, AwsResponse, AwsService } from '../service.ts';
import type { Timers } from '../timers.ts';
import { AwsError, notModelled } from '../wire/aws-error.ts';
import { operations } from '../wire/operations.ts';
import { known, type World } from '../world/world.ts';
import { functionOperations } from './lambda/function-operations.ts';

/** What happens to an asynchronous invocation that fails; the defaults are Lambda's. */
export interface AsyncPolicy {
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeMs: number;
}

const DEFAULT_ASYNC_POLICY: AsyncPolicy = { maximumRetryAttempts: 2, maximumEventAgeMs: 6 * 3600 * 1000 };

/** Lambda waits one minute before the first retry and two before the second. */
const ASYNC_RETRY_STEP_MS = 60_000;

export interface LambdaOptions {
  readonly account: Account;
  readonly world: World;
  readonly identities: Identities;
  readonly access: Access;
  readonly timers: Timers;
  readonly emit: CloudListener;
  readonly endpointUrl: () => string;
  /** A directory of the cloud's own, removed with it. */
  readonly scratchDirectory: () => string;
  /** How long a function may run, where that is not what was deployed, in milliseconds. */
  readonly timeoutOf?: ((spec: FunctionSpec) => number) | undefined;
}

interface DeployedFunction {
  readonly runtime: FunctionRuntime;
  /** Undefined for a function that runs nothing. */
  readonly role: ExecutionRole | undefined;
  /** When it was made or last changed. */
  readonly modifiedAt: Date;
}

export class Lambda {
  readonly service: AwsService;
  private readonly options: LambdaOptions;
  private readonly placement: FunctionHosts;
  private readonly functions = new Map<string, DeployedFunction>();
  /** What runs, or ran, functions that were changed or deleted. */
  private readonly retired: FunctionRuntime[] = [];
  private readonly asyncPolicies = new Map<string, AsyncPolicy>();

  constructor(options: LambdaOptions) {
    this.options = options;
    this.placement = new FunctionHosts(options.world);
    this.service = operations('lambda', {
      Invoke: (request, [name = '']) => this.answerInvoke(request, name),
      ...functionOperations({ functions: this, ...options }),
    });
  }

  /**
   * Makes a function, or puts it in the place of one of the same name, whose invocations run to their end.
   *
   * @throws AwsError `InvalidParameterValueException` where its role does not allow Lambda what it needs
   */
  async createFunction(deployed: FunctionSpec): Promise<void> {
    const { account, access, identities, emit, endpointUrl, timeoutOf } = this.options;
    const spec = { ...deployed, timeoutMs: timeoutOf?.(deployed) ?? deployed.timeoutMs };
    const role = assumeExecutionRole(access, account, spec);
    role.attachToVpc();
    const code = identities.issue({ ...role.code, ...this.placeOf(spec) });
    const before = this.functions.get(spec.name)?.runtime;
    const stays = before !== undefined && before.hosts.length > 0 && isDeepStrictEqual(before.spec.vpc, spec.vpc);
    const pool = new SandboxPool({
      spec,
      hosts: stays ? before.hosts : await this.placement.place(spec),
      environment: environmentOf(spec, account, code, endpointUrl()),
      onLine(stream, line) {
        if (role.writesLog()) emit({ type: 'log', functionName: spec.name, stream, line });
      },
    });
    this.register(pool, role);
  }

  /** Lets a runtime answer for its function, in place of the one before. */
  register(runtime: FunctionRuntime, role?: ExecutionRole): void {
    this.retire(runtime.spec.name);
    this.functions.set(runtime.spec.name, { runtime, role, modifiedAt: new Date() });
  }

  /** @throws AwsError `ResourceNotFoundException` */
  deleteFunction(name: string): void {
    const { name: functionName } = this.specOf(name);
    this.retire(functionName);
    this.functions.delete(functionName);
    this.asyncPolicies.delete(functionName);
  }

  has(name: string): boolean {
    return this.functions.has(name);
  }

  /** In the order of the alphabet. */
  names(): readonly string[] {
    return [...this.functions.keys()].toSorted();
  }

  /** @throws AwsError `ResourceNotFoundException` */
  specOf(name: string): FunctionSpec {
    return this.deployed(name).runtime.spec;
  }

  /** When a function was made or last changed. @throws AwsError `ResourceNotFoundException` */
  modifiedAt(name: string): Date {
    return this.deployed(name).modifiedAt;
  }

  setAsyncPolicy(name: string, policy: Partial<AsyncPolicy>): void {
    this.asyncPolicies.set(this.specOf(name).name, { ...DEFAULT_ASYNC_POLICY, ...policy });
  }

  /** The names of the hosts on which a function's sandboxes live, one for each of its subnets. */
  hostsOf(name: string): readonly string[] {
    return this.deployed(name).runtime.hosts.map((host) => host.name);
  }

  /** Runs a function and waits for it. @throws AwsError `ResourceNotFoundException`, `TooManyRequestsException` */
  async invoke(name: string, payload: string): Promise<InvocationResult> {
    const { runtime, role } = this.deployed(name);
    const requestId = randomUUID();
    // Lambda itself writes of each invocation, where it may; the lab tells of it as an event of its own.
    role?.writesLog();
    const startedAt = performance.now();
    const { result, initDurationMs } = await runtime.invoke(requestId, payload);
    this.options.emit({
      type: 'invocation',
      functionName: runtime.spec.name,
      requestId,
      ...(initDurationMs !== undefined && { initDurationMs }),
      durationMs: performance.now() - startedAt - (initDurationMs ?? 0),
      ...(!result.ok && { error: result.error.errorType }),
    });
    return result;
  }

  /** Accepts an event for a function. @throws AwsError `ResourceNotFoundException` */
  invokeAsync(name: string, payload: string): void {
    const spec = this.specOf(name);
    const policy = this.asyncPolicies.get(spec.name) ?? DEFAULT_ASYNC_POLICY;
    void this.deliver(spec.name, payload, policy, { attempt: 0, acceptedAt: performance.now() });
  }

  async close(): Promise<void> {
    const current = [...this.functions.values()].map(({ runtime }) => runtime);
    await Promise.all([...current, ...this.retired].map((runtime) => runtime.close()));
  }

  private retire(name: string): void {
    const { runtime } = this.functions.get(name) ?? {};
    if (runtime === undefined) return;
    runtime.retire();
    this.retired.push(runtime);
  }

  private placeOf({ name, vpc }: FunctionSpec): Omit<Caller, 'principal'> {
    const subnets = (vpc?.subnetIds ?? []).map((id) => known(this.options.world.subnets, id, 'subnet'));
    const [subnet] = subnets;
    const isInOneZone = subnets.every((each) => each.availabilityZone === subnet?.availabilityZone);
    return {
      functionName: name,
      ...(subnet && { vpcId: subnet.vpcId }),
      ...(subnet && isInOneZone && { availabilityZone: subnet.availabilityZone }),
    };
  }

  private async deliver(
    name: string,
    payload: string,
    policy: AsyncPolicy,
    { attempt, acceptedAt }: { readonly attempt: number; readonly acceptedAt: number },
  ): Promise<void> {
    const result = await this.invoke(name, payload).catch((error: unknown) => error);
    const done = typeof result === 'object' && result !== null && 'ok' in result && result.ok;
    if (done || attempt >= policy.maximumRetryAttempts) return;
    const delayMs = ASYNC_RETRY_STEP_MS * (attempt + 1);
    if (performance.now() + delayMs - acceptedAt > policy.maximumEventAgeMs) return;
    await this.options.timers.after(delayMs, () =>
      this.deliver(name, payload, policy, { attempt: attempt + 1, acceptedAt }),
    );
  }

  private async answerInvoke(request: AwsRequest, name: string): Promise<AwsResponse> {
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    const payload = request.body.length === 0 ? '{}' : request.body.toString();
    if (request.headers['x-amz-log-type'] === 'Tail') throw notModelled('Invoke with LogType Tail');
    checkJson(payload);
    const { name: functionName } = this.specOf(name);
    if (type === 'DryRun') return { status: 204, body: '' };
    if (type === 'Event') {
      this.invokeAsync(functionName, payload);
      return { status: 202, body: '' };
    }
    const result = await this.invoke(functionName, payload);
    return {
      status: 200,
      headers: { 'x-amz-executed-version': '$LATEST', ...(!result.ok && { 'x-amz-function-error': 'Unhandled' }) },
      body: result.ok ? result.payload : JSON.stringify(result.error),
    };
  }

  /** By name, ARN, or either with `:$LATEST`. */
  private deployed(name: string): DeployedFunction {
    const match = /^(?:(?:arn:aws:lambda:[^:]*:)?\d+:function:|function:)?([\w-]+)(?::\$LATEST)?$/.exec(name);
    const deployed = this.functions.get(match?.[1] ?? '');
    if (deployed) return deployed;
    const functionArn = match?.[1] === undefined ? name : arn(this.options.account, 'lambda', `function:${match[1]}`);
    throw new AwsError('ResourceNotFoundException', `Function not found: ${functionArn}`, 404);
  }
}

function checkJson(payload: string): void {
  try {
    JSON.parse(payload);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json');
  }
}
