/**
 * Access to the state table.
 *
 * @module
 */
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Reads and conditional writes of single items, and reads of one cluster's. Nobody deletes state, and nobody scans. */
export function useState(table: TableV2): PolicyStatement {
  return new PolicyStatement({
    sid: 'UseState',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
    resources: [table.tableArn],
  });
}

/** A monitor that ends gives its lease back. Leases have partitions of their own, so nothing else can be deleted. */
export function releaseLeases(table: TableV2): PolicyStatement {
  return new PolicyStatement({
    sid: 'ReleaseLeases',
    actions: ['dynamodb:DeleteItem'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['MONITOR#*'] } },
  });
}
