/** @module What a function is, and what an invocation of it gives: the words that the rest of lambda/ uses. */
import type { Host } from '../../net/network.ts';

export interface FunctionSpec {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  /** `file.export`, such as `index.handler`. */
  readonly handler: string;
  /** The directory that holds the unpacked asset. */
  readonly codeDirectory: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
  /** How many invocations may run at once; undefined for as many as come. */
  readonly reservedConcurrency: number | undefined;
  /** The name of the log group that it writes to.  @default - the one that Lambda makes by the function's name */
  readonly logGroup?: string;
  readonly description?: string;
  /** What its code was delivered as. Absent for code that was never packed. */
  readonly archive?: { readonly sha256: string; readonly bytes: number };
  /** Absent for a function outside any VPC. */
  readonly vpc?: { readonly subnetIds: readonly string[]; readonly groupIds: readonly string[] };
}

export function logGroupOf({ name, logGroup }: FunctionSpec): string {
  return logGroup ?? `/aws/lambda/${name}`;
}

/** What a failed function reports to its caller. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
  /** What other runtimes report besides. */
  readonly [field: string]: unknown;
}

export type InvocationResult =
  { readonly ok: true; readonly payload: string } | { readonly ok: false; readonly error: FunctionError };

export interface Served {
  readonly result: InvocationResult;
  /** Present where a new sandbox had to start. */
  readonly initDurationMs?: number;
}

/** What runs a function. */
export interface FunctionRuntime {
  readonly spec: FunctionSpec;
  /** Where it runs: one host for each of its subnets. */
  readonly hosts: readonly Host[];
  /** @throws AwsError `TooManyRequestsException` */
  invoke(requestId: string, payload: string): Promise<Served>;
  /** Ends when nothing of it runs any more, and takes nothing new. */
  retire(): void;
  /** Ends at once. */
  close(): Promise<void>;
}
