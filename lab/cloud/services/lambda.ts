/**
 * @module Lambda: functions that really run, and their invocations.
 *
 * Guarantees: a synchronous invocation gives the function's answer or its error as Lambda reports it; an asynchronous
 * one is accepted, then tried again after a failure as often as the function's configuration says.
 */
import { randomUUID } from 'node:crypto';
import type { Account } from '../account.ts';
import type { CloudListener } from '../events.ts';
import type { Access } from '../iam/access.ts';
import type { Identities } from '../identities.ts';
import { environmentOf } from '../lambda/environment.ts';
import { assumeExecutionRole, type ExecutionRole } from '../lambda/execution-role.ts';
import type { FunctionSpec, InvocationResult } from '../lambda/function.ts';
import { FunctionHosts } from '../lambda/hosts.ts';
import { SandboxPool } from '../lambda/pool.ts';
import type { AwsRequest, AwsResponse, AwsService } from '../service.ts';
import type { Timers } from '../timers.ts';
import { AwsError, notModelled } from '../wire/aws-error.ts';
import { json, operations } from '../wire/operations.ts';
import { known, type World } from '../world/world.ts';

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
  /** How long a function may run, where that is not what was deployed, in milliseconds. */
  readonly timeoutOf?: ((spec: FunctionSpec) => number) | undefined;
}

export class Lambda {
  readonly service: AwsService;
  private readonly options: LambdaOptions;
  private readonly placement: FunctionHosts;
  private readonly pools = new Map<string, SandboxPool>();
  private readonly roles = new Map<string, ExecutionRole>();
  private readonly asyncPolicies = new Map<string, AsyncPolicy>();

  constructor(options: LambdaOptions) {
    this.options = options;
    this.placement = new FunctionHosts(options.world);
    this.service = operations('lambda', {
      Invoke: (request, [name = '']) => this.answerInvoke(request, name),
      GetFunctionConfiguration: (_request, [name = '']) => {
        const { spec } = this.pool(name);
        return json(200, {
          FunctionName: spec.name,
          FunctionArn: spec.arn,
          Role: spec.roleArn,
          Handler: spec.handler,
          Runtime: spec.runtime,
          MemorySize: spec.memoryMb,
          Timeout: spec.timeoutMs / 1000,
          State: 'Active',
        });
      },
    });
  }

  /** @throws AwsError `InvalidParameterValueException` where its role does not allow Lambda what it needs */
  async createFunction(deployed: FunctionSpec): Promise<void> {
    const { account, access, identities, emit, endpointUrl, timeoutOf } = this.options;
    const spec = { ...deployed, timeoutMs: timeoutOf?.(deployed) ?? deployed.timeoutMs };
    const role = assumeExecutionRole(access, account, spec);
    role.attachToVpc();
    const code = identities.issue({ ...role.code, ...this.placeOf(spec) });
    const pool = new SandboxPool({
      spec,
      hosts: await this.placement.place(spec),
      environment: environmentOf(spec, account, code, endpointUrl()),
      onLine(stream, line) {
        if (role.writesLog()) emit({ type: 'log', functionName: spec.name, stream, line });
      },
    });
    this.pools.set(spec.name, pool);
    this.roles.set(spec.name, role);
  }

  setAsyncPolicy(name: string, policy: Partial<AsyncPolicy>): void {
    this.asyncPolicies.set(this.pool(name).spec.name, { ...DEFAULT_ASYNC_POLICY, ...policy });
  }

  /** The names of the hosts on which a function's sandboxes live, one for each of its subnets. */
  hostsOf(name: string): readonly string[] {
    return this.pool(name).hosts.map((host) => host.name);
  }

  /** Runs a function and waits for it. @throws AwsError `ResourceNotFoundException`, `TooManyRequestsException` */
  async invoke(name: string, payload: string): Promise<InvocationResult> {
    const pool = this.pool(name);
    const requestId = randomUUID();
    // Lambda itself writes of each invocation, where it may; the lab tells of it as an event of its own.
    this.roles.get(pool.spec.name)?.writesLog();
    const startedAt = performance.now();
    const { result, initDurationMs } = await pool.invoke(requestId, payload);
    this.options.emit({
      type: 'invocation',
      functionName: pool.spec.name,
      requestId,
      ...(initDurationMs !== undefined && { initDurationMs }),
      durationMs: performance.now() - startedAt - (initDurationMs ?? 0),
      ...(!result.ok && { error: result.error.errorType }),
    });
    return result;
  }

  /** Accepts an event for a function. @throws AwsError `ResourceNotFoundException` */
  invokeAsync(name: string, payload: string): void {
    const { spec } = this.pool(name);
    const policy = this.asyncPolicies.get(spec.name) ?? DEFAULT_ASYNC_POLICY;
    void this.deliver(spec.name, payload, policy, { attempt: 0, acceptedAt: performance.now() });
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
  }

  private placeOf({ vpc }: FunctionSpec): { readonly vpcId?: string } {
    const [subnetId = ''] = vpc?.subnetIds ?? [];
    return vpc === undefined ? {} : { vpcId: known(this.options.world.subnets, subnetId, 'subnet').vpcId };
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
    const { name: functionName } = this.pool(name).spec;
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
  private pool(name: string): SandboxPool {
    const match = /^(?:(?:arn:aws:lambda:[^:]*:)?\d+:function:|function:)?([\w-]+)(?::\$LATEST)?$/.exec(name);
    const pool = this.pools.get(match?.[1] ?? '');
    if (pool) return pool;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
  }
}

function checkJson(payload: string): void {
  try {
    JSON.parse(payload);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json');
  }
}
