/**
 * @module The sandboxes of one function.
 *
 * Guarantees: an idle sandbox is used again, the latest first; when all are busy a new one starts and its cold start is
 * paid for real. Invocations beyond the reserved concurrency are refused.
 */
import type { Host } from '../../net/network.ts';
import { AwsError } from '../wire/aws-error.ts';
import type { FunctionRuntime, FunctionSpec, InvocationResult, Served } from './function.ts';
import { Sandbox } from './sandbox.ts';

export interface PoolOptions {
  readonly spec: FunctionSpec;
  readonly environment: Readonly<Record<string, string>>;
  /** Where sandboxes can live: one host for each subnet. */
  readonly hosts: readonly Host[];
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

export class SandboxPool implements FunctionRuntime {
  readonly spec: FunctionSpec;
  readonly hosts: readonly Host[];
  private readonly options: PoolOptions;
  private readonly idle: Sandbox[] = [];
  private readonly all = new Set<Sandbox>();
  private busy = 0;
  private started = 0;
  private closed = false;
  private retired = false;

  constructor(options: PoolOptions) {
    this.spec = options.spec;
    this.hosts = options.hosts;
    this.options = options;
  }

  /** @throws AwsError `TooManyRequestsException` */
  async invoke(requestId: string, payload: string): Promise<Served> {
    if (this.closed) throw new AwsError('ServiceException', "the lab's cloud is closed", 500);
    if (this.busy >= (this.spec.reservedConcurrency ?? Infinity)) {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
    }
    this.busy += 1;
    try {
      const warm = this.takeIdle();
      if (warm) return { result: await this.serve(warm, requestId, payload) };
      const cold = this.start();
      const failure = await cold.initialize();
      const { initDurationMs } = cold;
      if (failure) {
        this.all.delete(cold);
        return { result: { ok: false, error: failure }, initDurationMs };
      }
      return { result: await this.serve(cold, requestId, payload), initDurationMs };
    } finally {
      this.busy -= 1;
      if (this.retired) this.retire();
    }
  }

  retire(): void {
    this.retired = true;
    if (this.busy === 0) void this.close();
  }

  /** Ends every sandbox; what runs in them is answered as if they had crashed. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.all].map((sandbox) => sandbox.close()));
  }

  private async serve(sandbox: Sandbox, requestId: string, payload: string): Promise<InvocationResult> {
    const result = await sandbox.invoke(requestId, payload);
    if (sandbox.alive) this.idle.push(sandbox);
    else this.all.delete(sandbox);
    return result;
  }

  private takeIdle(): Sandbox | undefined {
    for (let sandbox = this.idle.pop(); sandbox; sandbox = this.idle.pop()) {
      if (sandbox.alive) return sandbox;
      this.all.delete(sandbox);
    }
    return undefined;
  }

  private start(): Sandbox {
    const { hosts, spec, environment, onLine } = this.options;
    const host = hosts[this.started % hosts.length];
    if (!host) throw new Error(`the function ${spec.name} has no host to run on`);
    this.started += 1;
    const sandbox = new Sandbox({ spec, host, environment, onLine });
    this.all.add(sandbox);
    return sandbox;
  }
}
