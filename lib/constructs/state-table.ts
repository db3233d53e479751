/**
 * The one table: what each cluster is, who holds it, the monitors' votes and leases, and the journal.
 *
 * @module
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/**
 * Outlives the stack and can't be deleted by mistake: a lost table means a lost epoch, and the epoch is what stops an
 * actor of the past. Items with `expiresAt` (epoch seconds) go away by themselves.
 *
 * A table of one region, and of the type that every AWS can make: a lock is worth nothing in a copy that lags behind.
 */
export class StateTable extends Table {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
