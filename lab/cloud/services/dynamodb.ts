/**
 * @module DynamoDB: dynalite in memory, and what dynalite leaves out: the item of a condition that did not hold, and
 * transactions.
 *
 * Guarantees: conditional writes are judged one at a time per item. What dynalite would silently leave out is refused.
 */
import { tmpdir } from 'node:os';
import type { Account } from '../account.ts';
import type { AwsRequest, AwsResponse, AwsService } from '../service.ts';
import { AwsError, notModelled } from '../wire/aws-error.ts';
import { actionOf } from '../wire/action.ts';
import { type Dynalite, startDynalite } from './dynamodb/dynalite.ts';
import { Gate } from './dynamodb/gate.ts';
import { Items, WRITE, withOldItem } from './dynamodb/items.ts';
import { Transactions } from './dynamodb/transactions.ts';

/** What dynalite answers by itself. */
const FORWARDED = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'ListTagsOfResource',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'UpdateItem',
  'UpdateTable',
];

export interface DynamoDb {
  readonly service: AwsService;
  close(): Promise<void>;
}

/** @param directory where it may keep files */
export async function startDynamoDb(account: Account, directory = tmpdir()): Promise<DynamoDb> {
  const dynalite = await startDynalite(account, directory);
  const gate = new Gate();
  const transactions = new Transactions();
  const service: AwsService = {
    name: 'dynamodb',
    actions: [...FORWARDED, 'TransactWriteItems'],
    async handle(request) {
      const action = actionOf('dynamodb', request).name;
      const items = new Items(dynalite, request);
      if (action === 'TransactWriteItems') {
        return gate.alone(() => transactions.write(items, request.body.toString()));
      }
      if (!FORWARDED.includes(action)) throw notModelled(`dynamodb ${action}`);
      if (wantsOldItem(request)) return gate.alone(() => writeAlone(dynalite, items, request));
      return gate.beside(() => dynalite.forward(request));
    },
  };
  return { service, close: () => dynalite.close() };
}

function wantsOldItem({ body }: AwsRequest): boolean {
  if (!body.includes('ReturnValuesOnConditionCheckFailure')) return false;
  const input = WRITE.safeParse(parse(body));
  return input.success && input.data.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
}

async function writeAlone(dynalite: Dynalite, items: Items, request: AwsRequest): Promise<AwsResponse> {
  const response = await dynalite.forward(request);
  return withOldItem(items, WRITE.parse(parse(request.body)), response);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new AwsError('SerializationException', 'the body is not JSON');
  }
}
