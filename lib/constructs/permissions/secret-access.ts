/**
 * Access to the secrets that hold database accounts.
 *
 * @module
 */
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

import type { ClusterConfig, Config } from '../../core/config.ts';
import { accessTo } from './access-to.ts';

export type Account = keyof ClusterConfig['secrets'];

/**
 * Reading of the clusters' secrets for exactly these accounts. One that is encrypted with a key of your own needs
 * `kms:Decrypt` from you too.
 */
export function readSecrets(scope: IConstruct, config: Config, accounts: readonly Account[]): PolicyStatement[] {
  const secretIds = config.clusters.flatMap(({ secrets }) => accounts.map((account) => secrets[account]));
  const arn = (resourceName: string) =>
    Stack.of(scope).formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return accessTo(config, {
    sid: 'ReadSecrets',
    actions: ['secretsmanager:GetSecretValue'],
    // An ARN is taken as it stands. Secrets Manager appends a hyphen and six characters to the name of a secret.
    arns: [...new Set(secretIds)].map((id) => (id.startsWith('arn:') ? id : arn(`${id}-??????`))),
    anyArn: arn('*'),
  });
}
