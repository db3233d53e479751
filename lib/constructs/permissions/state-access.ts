/**
 * Access to the state table.
 *
 * @module
 */
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Reads by key, reads of one partition, and conditional writes of single items. Nobody deletes state, and nobody scans. */
export function useState(table: TableV2): PolicyStatement {
  return new PolicyStatement({
    sid: 'UseState',
    actions: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    resources: [table.tableArn],
  });
}
