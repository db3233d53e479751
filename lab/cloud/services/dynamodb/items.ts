/**
 * @module Conditional writes of single items, and what was there when a condition did not hold.
 *
 * dynalite does not tell: the lab reads the item itself, so nothing else may write between the two.
 */
import * as z from 'zod';
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { json } from '../../wire/operations.ts';
import type { Dynalite } from './dynalite.ts';

export type Item = Readonly<Record<string, unknown>>;

/** What a write says of the item that it is about; the rest is dynalite's to read. */
export const WRITE = z.looseObject({
  TableName: z.string(),
  Key: z.record(z.string(), z.unknown()).optional(),
  Item: z.record(z.string(), z.unknown()).optional(),
  ReturnValuesOnConditionCheckFailure: z.enum(['NONE', 'ALL_OLD']).default('NONE'),
});
export type Write = z.infer<typeof WRITE>;

const GET_ANSWER = z.object({ Item: z.record(z.string(), z.unknown()).optional() });
const TABLE_ANSWER = z.object({ Table: z.object({ KeySchema: z.array(z.object({ AttributeName: z.string() })) }) });
const REFUSAL = z.object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() });

export interface Refusal {
  /** The name of the exception, without its namespace. */
  readonly code: string;
  readonly message: string;
}

export class Items {
  private readonly dynalite: Dynalite;
  private readonly request: AwsRequest;

  /** @param request in whose name the calls are made */
  constructor(dynalite: Dynalite, request: AwsRequest) {
    this.dynalite = dynalite;
    this.request = request;
  }

  /** @throws AwsError as dynalite refuses, such as `ResourceNotFoundException` for the table */
  async call(action: string, input: object): Promise<unknown> {
    const response = await this.dynalite.ask(this.request, action, input);
    const refusal = refusalOf(response);
    if (refusal) throw new AwsError(refusal.code, refusal.message, response.status);
    return JSON.parse(response.body) as unknown;
  }

  async keyOf({ TableName, Key, Item: item = {} }: Write): Promise<Item> {
    if (Key) return Key;
    const { Table } = TABLE_ANSWER.parse(await this.call('DescribeTable', { TableName }));
    return Object.fromEntries(Table.KeySchema.map(({ AttributeName: name }) => [name, item[name]]));
  }

  async read(TableName: string, Key: Item): Promise<Item | undefined> {
    return GET_ANSWER.parse(await this.call('GetItem', { TableName, Key, ConsistentRead: true })).Item;
  }

  /** Makes an item what it was. */
  async restore(TableName: string, Key: Item, before: Item | undefined): Promise<void> {
    await (before ? this.call('PutItem', { TableName, Item: before }) : this.call('DeleteItem', { TableName, Key }));
  }
}

/** Puts the item into the answer of a write whose condition did not hold. Run it alone. */
export async function withOldItem(items: Items, write: Write, response: AwsResponse): Promise<AwsResponse> {
  const refusal = refusalOf(response);
  if (refusal?.code !== 'ConditionalCheckFailedException') return response;
  const item = await items.read(write.TableName, await items.keyOf(write));
  return json(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    message: refusal.message,
    ...(item && { Item: item }),
  });
}

export function refusalOf({ status, body }: AwsResponse): Refusal | undefined {
  if (status < 400) return undefined;
  const { __type, message, Message } = REFUSAL.parse(JSON.parse(body));
  return { code: __type.split('#').at(-1) ?? __type, message: message ?? Message ?? '' };
}
