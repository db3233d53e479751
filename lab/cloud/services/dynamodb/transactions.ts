/**
 * @module TransactWriteItems, made of single writes that are taken back when one is refused.
 *
 * Guarantees: all or nothing, as long as it runs alone: nobody reads what is taken back. A repeated token within ten
 * minutes does nothing again.
 */
import * as z from 'zod';
import type { AwsResponse } from '../../service.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { json } from '../../wire/operations.ts';
import { type Item, type Items, WRITE, type Write } from './items.ts';

const MOST_ITEMS = 100;
const TOKEN_LIFETIME_MS = 10 * 60_000;

const KINDS = ['Put', 'Update', 'Delete', 'ConditionCheck'] as const;
type Kind = (typeof KINDS)[number];

/** A check is an update that changes nothing. */
const ACTIONS: Readonly<Record<Kind, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'UpdateItem',
};

const INPUT = z.strictObject({
  TransactItems: z
    .array(z.partialRecord(z.enum(KINDS), WRITE))
    .min(1)
    .max(MOST_ITEMS),
  ClientRequestToken: z.string().optional(),
  ReturnConsumedCapacity: z.literal('NONE').optional(),
  ReturnItemCollectionMetrics: z.literal('NONE').optional(),
});

interface Part {
  readonly kind: Kind;
  readonly write: Write;
  readonly key: Item;
  readonly before: Item | undefined;
}

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

export class Transactions {
  private readonly tokens = new Map<string, { readonly body: string; readonly atMs: number }>();

  /** Run it alone. @throws AwsError `ValidationException`, `IdempotentParameterMismatchException` */
  async write(items: Items, body: string): Promise<AwsResponse> {
    const input = INPUT.safeParse(JSON.parse(body));
    if (!input.success) throw new AwsError('ValidationException', z.prettifyError(input.error));
    const { TransactItems, ClientRequestToken: token } = input.data;
    if (this.isRepeated(token, body)) return json(200, {});
    const parts: Part[] = [];
    for (const each of TransactItems) parts.push(await read(items, each));
    const targets = parts.map(({ write, key }) => JSON.stringify([write.TableName, key]));
    if (new Set(targets).size < targets.length) {
      const message = 'Transaction request cannot include multiple operations on one item';
      throw new AwsError('ValidationException', message);
    }
    const reasons: Reason[] = [];
    for (const part of parts) reasons.push(await apply(items, part));
    const isRefused = reasons.some(({ Code }) => Code !== 'None');
    for (const [index, { kind, write, key, before }] of parts.entries()) {
      const isApplied = reasons[index]?.Code === 'None';
      if (isApplied && (isRefused || kind === 'ConditionCheck')) await items.restore(write.TableName, key, before);
    }
    if (isRefused) return cancelled(reasons);
    if (token !== undefined) this.tokens.set(token, { body, atMs: Date.now() });
    return json(200, {});
  }

  private isRepeated(token: string | undefined, body: string): boolean {
    const known = token === undefined ? undefined : this.tokens.get(token);
    if (!known || Date.now() - known.atMs > TOKEN_LIFETIME_MS) return false;
    if (known.body === body) return true;
    throw new AwsError(
      'IdempotentParameterMismatchException',
      'The client request token was used before with other parameters.',
    );
  }
}

async function read(items: Items, item: Partial<Record<Kind, Write>>): Promise<Part> {
  const [kind, ...more] = KINDS.filter((each) => item[each] !== undefined);
  const write = kind && item[kind];
  if (!write || more.length > 0) {
    const message = `TransactItems can only contain one of ${KINDS.join(', ')}`;
    throw new AwsError('ValidationException', message);
  }
  const key = await items.keyOf(write);
  return { kind, write, key, before: await items.read(write.TableName, key) };
}

async function apply(items: Items, { kind, write, before }: Part): Promise<Reason> {
  const { ReturnValuesOnConditionCheckFailure: returned, ...input } = write;
  try {
    await items.call(ACTIONS[kind], input);
    return { Code: 'None' };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
    if (error.code !== 'ConditionalCheckFailedException') {
      return { Code: error.code.replace(/Exception$/, ''), Message: error.message };
    }
    return {
      Code: 'ConditionalCheckFailed',
      Message: error.message,
      ...(returned === 'ALL_OLD' && before && { Item: before }),
    };
  }
}

function cancelled(reasons: readonly Reason[]): AwsResponse {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return json(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: reasons,
  });
}
