/**
 * @module What DynamoDB's calls are judged on: each table that they touch, or its index. A transaction is judged as the
 * operations that it consists of.
 */
import { anything, arnOf, ask, type Call, jsonOf, type Mapping, type Mappings } from '../authorization.ts';

const onTable =
  (action: string): Mapping =>
  (call) =>
    ask(action, [tableArn(call, jsonOf(call)['TableName'])]);

export const DYNAMODB: Mappings = {
  GetItem: onTable('dynamodb:GetItem'),
  PutItem: onTable('dynamodb:PutItem'),
  UpdateItem: onTable('dynamodb:UpdateItem'),
  DeleteItem: onTable('dynamodb:DeleteItem'),
  Query: onTableOrIndex('dynamodb:Query'),
  Scan: onTableOrIndex('dynamodb:Scan'),
  BatchGetItem: onTablesOf('dynamodb:BatchGetItem'),
  BatchWriteItem: onTablesOf('dynamodb:BatchWriteItem'),
  TransactGetItems: operations({ Get: 'dynamodb:GetItem' }),
  TransactWriteItems: operations({
    ConditionCheck: 'dynamodb:ConditionCheckItem',
    Put: 'dynamodb:PutItem',
    Update: 'dynamodb:UpdateItem',
    Delete: 'dynamodb:DeleteItem',
  }),
  DescribeTable: onTable('dynamodb:DescribeTable'),
  ListTables: anything('dynamodb:ListTables'),
};

function onTableOrIndex(action: string): Mapping {
  return (call) => {
    const { TableName, IndexName } = jsonOf(call);
    const table = tableArn(call, TableName);
    return ask(action, [typeof IndexName === 'string' ? `${table}/index/${IndexName}` : table]);
  };
}

function onTablesOf(action: string): Mapping {
  return (call) => {
    const { RequestItems } = jsonOf(call);
    const tables = typeof RequestItems === 'object' && RequestItems !== null ? Object.keys(RequestItems) : [];
    return ask(
      action,
      tables.map((table) => tableArn(call, table)),
    );
  };
}

function operations(actions: Readonly<Record<string, string>>): Mapping {
  return (call) => {
    const items = jsonOf(call)['TransactItems'];
    return (
      Array.isArray(items) ? (items as readonly Readonly<Record<string, { TableName?: unknown }>>[]) : []
    ).flatMap((item) =>
      Object.entries(item).flatMap(([operation, { TableName }]) =>
        ask(actions[operation] ?? `dynamodb:${operation}`, [tableArn(call, TableName)]),
      ),
    );
  };
}

function tableArn({ account }: Call, name: unknown): string {
  return arnOf(account, 'dynamodb', 'table/', name);
}
