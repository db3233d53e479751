/** @module What a function is, and what an invocation of it gives: the words that the rest of lambda/ uses. */

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
}

export type InvocationResult =
  { readonly ok: true; readonly payload: string } | { readonly ok: false; readonly error: FunctionError };
