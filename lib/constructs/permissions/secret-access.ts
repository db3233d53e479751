/**
 * Access to the secrets that hold database accounts.
 *
 * @module
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Reading of exactly these secrets. One that is encrypted with a key of your own needs `kms:Decrypt` from you too. */
export function readSecrets(scope: IConstruct, secretIds: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'ReadSecrets',
    actions: ['secretsmanager:GetSecretValue'],
    resources: [...new Set(secretIds)].map((secretId) => secretArn(scope, secretId)),
  });
}

/** An ARN is taken as it stands. Secrets Manager appends a hyphen and six characters to the name of a secret. */
function secretArn(scope: IConstruct, secretId: string): string {
  if (secretId.startsWith('arn:')) return secretId;
  return Stack.of(scope).formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secretId}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
