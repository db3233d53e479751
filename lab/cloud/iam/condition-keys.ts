/**
 * @module The condition keys that the lab can supply.
 *
 * Guarantees: a policy with another key is refused when it is attached. AWS would know the key, and a condition on a key
 * that merely the lab lacks would allow or deny what AWS does not.
 */
import { notModelled } from '../wire/aws-error.ts';
import type { Statement } from './policy.ts';

const SUPPLIED: Readonly<Record<'identity' | 'trust', readonly string[]>> = {
  identity: [
    'aws:principalarn',
    'aws:principalaccount',
    'aws:requestedregion',
    'lambda:sourcefunctionarn',
    'route53:changeresourcerecordsetsnormalizedrecordnames',
    'route53:changeresourcerecordsetsrecordtypes',
    'route53:changeresourcerecordsetsactions',
  ],
  trust: ['aws:sourceaccount', 'aws:sourcearn'],
};

/** @throws AwsError `NotImplemented` naming the statement and its key */
export function assertSuppliedKeys(kind: 'identity' | 'trust', statements: readonly Statement[]): void {
  for (const { id, conditions } of statements) {
    const unknown = conditions.find(({ key }) => !SUPPLIED[kind].includes(key));
    if (unknown)
      throw notModelled(`the condition key ${unknown.key} of statement ${id} (lab/cloud/iam/condition-keys.ts)`);
  }
}
