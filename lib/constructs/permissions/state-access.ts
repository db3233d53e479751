/**
 * Access to the state table.
 *
 * @module
 */
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Reads by key, reads of one partition, and conditional writes of single items. Nobody deletes state, and nobody scans. */
export type StateAction = 'BatchGetItem' | 'GetItem' | 'PutItem' | 'Query' | 'UpdateItem';

/** @param actions what the function's code does; the lab's drills find what is missing, and what is too much */
export function useState(table: Table, ...actions: readonly StateAction[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'UseState',
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [table.tableArn],
  });
}
