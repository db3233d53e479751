/**
 * @module DynamoDB, by dynalite in memory.
 *
 * Guarantees: conditional writes are judged one at a time per item. What dynalite would silently leave out is refused.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsRequest, AwsResponse, AwsService } from '../service.ts';
import { actionOf } from '../wire/action.ts';
import { AwsError, notModelled } from '../wire/aws-error.ts';

/** dynalite is CommonJS without types. */
const dynalite = createRequire(import.meta.url)('dynalite') as (options: {
  readonly createTableMs: number;
  readonly updateTableMs: number;
  readonly deleteTableMs: number;
}) => Server;

export interface DynamoDb {
  readonly service: AwsService;
  close(): Promise<void>;
}

/** Starts dynalite on a socket file that no one else sees, in a directory of its own below `parent`. */
export async function startDynamoDb(parent = tmpdir()): Promise<DynamoDb> {
  const directory = mkdtempSync(join(parent, 'dynamodb-'));
  const socketPath = join(directory, 'socket');
  const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const agent = new Agent({ keepAlive: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return {
    service: {
      name: 'dynamodb',
      async handle(request) {
        refuseSilentGaps(request);
        const response = await forward(request, socketPath, agent);
        if (!response.body.includes('UnknownOperationException')) return response;
        throw notModelled(`dynamodb ${actionOf('dynamodb', request).name}`);
      },
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function refuseSilentGaps(request: AwsRequest): void {
  let input: unknown;
  try {
    input = JSON.parse(request.body.toString());
  } catch {
    throw new AwsError('SerializationException', 'the body is not JSON');
  }
  const wanted = (input as { ReturnValuesOnConditionCheckFailure?: unknown }).ReturnValuesOnConditionCheckFailure;
  if (wanted !== undefined && wanted !== 'NONE') throw notModelled('ReturnValuesOnConditionCheckFailure');
}

function forward(request: AwsRequest, socketPath: string, agent: Agent): Promise<AwsResponse> {
  return new Promise((resolve, reject) => {
    const { method, path, headers } = request;
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
    outgoing.end(request.body);
  });
}
