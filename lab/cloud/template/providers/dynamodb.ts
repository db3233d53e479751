/** @module DynamoDB tables of a template, global ones with their one replica in this Region. */
import * as z from 'zod';
import { arn } from '../../account.ts';
import { callJson } from '../call-json.ts';
import { provider } from '../provider.ts';

const KEY_SCHEMA = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));

/** Expiry, backups and encryption change nothing in the lab: an expired item stays, as it may for days on AWS. */
const HARMLESS = [
  'TimeToLiveSpecification',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'DeletionProtectionEnabled',
  'Replicas',
  'TableClass',
  'ContributorInsightsSpecification',
];

export const table = provider(
  {
    TableName: z.string().optional(),
    KeySchema: KEY_SCHEMA,
    AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
    BillingMode: z.literal('PAY_PER_REQUEST'),
    GlobalSecondaryIndexes: z
      .array(z.object({ IndexName: z.string(), KeySchema: KEY_SCHEMA, Projection: z.unknown() }))
      .optional(),
  },
  HARMLESS,
  async ({ TableName, ...definition }, { account, dynamoDb, generatedName }) => {
    const name = TableName ?? generatedName;
    await callJson(dynamoDb, 'DynamoDB_20120810.CreateTable', { TableName: name, ...definition });
    return { physicalId: name, attributes: { Arn: arn(account, 'dynamodb', `table/${name}`) } };
  },
);
