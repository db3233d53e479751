/**
 * The table of a deployment as a command reaches it, and what a person is told when it can't.
 *
 * @module
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsErrorName, clientSettings } from '../lib/adapters/aws/client.ts';
import { dynamodbState } from '../lib/adapters/aws/dynamodb-state.ts';
import { CloudError, messageOf } from '../lib/core/errors.ts';
import type { HistoryStore } from '../lib/operator/history.ts';
import { UsageError } from './usage-error.ts';

/** Where the table is. What is undefined is for the SDK to find: in the environment, or in the profile. */
export interface TableLocation {
  readonly table: string;
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
}

/**
 * Runs `use` on the table, and frees the connections.
 *
 * @throws UsageError when the table, its region, its endpoint or the credentials can't be used
 */
export async function withTable<T>(location: TableLocation, use: (store: HistoryStore) => Promise<T>): Promise<T> {
  const { table, endpoint, region } = location;
  const client = new DynamoDBClient({
    ...clientSettings(),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  });
  try {
    const known = await client.config.region().catch(() => null);
    if (known === null) throw new UsageError('region: received nothing; give --region, or set AWS_REGION');
    return await use(dynamodbState(table, client)).catch((error: unknown) => {
      throw error instanceof CloudError ? new UsageError(sentenceOf(error, { ...location, region: known })) : error;
    });
  } finally {
    client.destroy();
  }
}

function sentenceOf({ cause }: CloudError, { table, endpoint, region }: TableLocation): string {
  // The adapter says which call failed; the cause is what DynamoDB said of it, or the system.
  const said = messageOf(cause).replaceAll(/\s+/g, ' ').trim() || codeOf(cause);
  switch (awsErrorName(cause)) {
    case 'ResourceNotFoundException':
      return `table: received "${table}", which is not in ${endpoint ?? `region ${region}`}; use the stack's output TableName`;
    case 'ValidationException':
      return `table: received "${table}", which DynamoDB refuses (${said}); use the stack's output TableName`;
    case 'CredentialsProviderError':
      return `credentials: found none (${said}); set AWS_PROFILE, or sign in`;
    case 'AccessDeniedException':
    case 'UnrecognizedClientException':
    case 'ExpiredTokenException':
      return `credentials: DynamoDB refuses them (${said}); use some that may read table ${table}`;
    default:
      return endpoint === undefined
        ? `region: DynamoDB in ${region} does not answer (${codeOf(cause)}: ${said}); check the network and --region`
        : `endpoint: received "${endpoint}", where DynamoDB does not answer (${codeOf(cause)}: ${said}); start it there, or give another --endpoint`;
  }
}

/** The system's code of a failure, such as `ECONNREFUSED`, or else its name. */
function codeOf(error: unknown): string {
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : awsErrorName(error);
}
