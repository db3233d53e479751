/** @module What answers as AWS: the lab, moto, or whatever `AWS_ENDPOINT_URL` names. */

export interface AwsEndpoint {
  /** As reports call it. */
  readonly name: string;
  /** How the SDK's clients reach it. */
  readonly client: {
    /** @default - AWS itself */
    readonly endpoint?: string;
    readonly region: string;
    readonly credentials: {
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string;
    };
  };
  /** How long it may take for what it does asynchronously, in milliseconds. */
  readonly patienceMs: number;
  close(): Promise<void>;
}

/** The endpoint that the environment names, or AWS itself for `aws`; undefined without `AWS_ENDPOINT_URL`. */
export function namedEndpoint(env: NodeJS.ProcessEnv = process.env): AwsEndpoint | undefined {
  const endpoint = env['AWS_ENDPOINT_URL'];
  if (!endpoint) return undefined;
  const sessionToken = env['AWS_SESSION_TOKEN'];
  return {
    name: endpoint,
    client: {
      ...(endpoint !== 'aws' && { endpoint }),
      region: env['AWS_REGION'] ?? 'eu-west-1',
      credentials: {
        accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? 'test',
        secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? 'test',
        ...(sessionToken !== undefined && { sessionToken }),
      },
    },
    patienceMs: patienceOf(env['AWS_CONTRACT_PATIENCE_SECONDS'] ?? '10') * 1_000,
    close: () => Promise.resolve(),
  };
}

function patienceOf(seconds: string): number {
  if (Number(seconds) > 0) return Number(seconds);
  throw new Error(`AWS_CONTRACT_PATIENCE_SECONDS is "${seconds}": write a number of seconds above 0`);
}
