/** @module dynalite in memory, behind a socket file that no one else sees. */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Account } from '../../account.ts';
import type { AwsRequest, AwsResponse } from '../../service.ts';

/** It is CommonJS without types. */
const dynalite = createRequire(import.meta.url)('dynalite') as (options: {
  readonly createTableMs: number;
  readonly updateTableMs: number;
  readonly deleteTableMs: number;
}) => Server;

type Call = Pick<AwsRequest, 'method' | 'path' | 'headers' | 'body'>;

export interface Dynalite {
  /** Hands a request on and gives the answer as it came. */
  forward(request: Call): Promise<AwsResponse>;
  /** A call of the lab's own, in the name of `request`. */
  ask(request: Call, action: string, input: object): Promise<AwsResponse>;
  close(): Promise<void>;
}

/**
 * @param account whose tables it keeps
 * @param parent where its own directory goes, which is gone when it is closed
 */
export async function startDynalite(account: Account, parent: string): Promise<Dynalite> {
  const directory = mkdtempSync(join(parent, 'dynamodb-'));
  const socketPath = join(directory, 'socket');
  const server = createServerFor(account);
  const agent = new Agent({ keepAlive: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  const forward = (request: Call) => send(request, socketPath, agent);
  return {
    forward,
    ask(request, action, input) {
      const body = Buffer.from(JSON.stringify(input));
      const { 'content-length': _length, 'x-amz-content-sha256': _hash, ...headers } = request.headers;
      return forward({
        ...request,
        headers: { ...headers, 'x-amz-target': `DynamoDB_20120810.${action}`, 'content-length': String(body.length) },
        body,
      });
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** It takes the account and the Region of its ARNs from the environment, and only as it is made. */
function createServerFor({ id, region }: Account): Server {
  const { AWS_ACCOUNT_ID: idBefore, AWS_REGION: regionBefore } = process.env;
  Object.assign(process.env, { AWS_ACCOUNT_ID: id, AWS_REGION: region });
  try {
    return dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  } finally {
    restore('AWS_ACCOUNT_ID', idBefore);
    restore('AWS_REGION', regionBefore);
  }
}

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

function send({ method, path, headers, body }: Call, socketPath: string, agent: Agent): Promise<AwsResponse> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ socketPath, agent, method, path, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const checksum = incoming.headers['x-amz-crc32'];
        resolve({
          status: incoming.statusCode ?? 500,
          headers: {
            'content-type': incoming.headers['content-type'] ?? 'application/x-amz-json-1.0',
            // The SDK checks it: a body that was cut short must not pass for a whole one.
            ...(typeof checksum === 'string' && { 'x-amz-crc32': checksum }),
          },
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
