/**
 * @module The condition keys that the lab can supply.
 *
 * Guarantees: a policy with another key is refused when it is attached. AWS would know the key, and a condition on a key
 * that merely the lab lacks would allow or deny what AWS does not.
 */
import { notModelled } from '../wire/aws-error.ts';
import type { PolicyKind, Statement } from './policy.ts';

const USUAL = ['aws:principalarn', 'aws:principalaccount', 'aws:requestedregion', 'aws:securetransport'];
const SOURCE = ['aws:sourceaccount', 'aws:sourcearn'];

const SUPPLIED: Readonly<Record<PolicyKind, readonly string[]>> = {
  identity: [
    ...USUAL,
    'lambda:sourcefunctionarn',
    'route53:changeresourcerecordsetsnormalizedrecordnames',
    'route53:changeresourcerecordsetsrecordtypes',
    'route53:changeresourcerecordsetsactions',
  ],
  trust: SOURCE,
  resource: [...USUAL, ...SOURCE],
};

/** @throws AwsError `NotImplemented` naming the statement and its key */
export function assertSuppliedKeys(kind: PolicyKind, statements: readonly Statement[]): void {
  for (const { id, conditions } of statements) {
    const unknown = conditions.find(({ key }) => !SUPPLIED[kind].includes(key) && !isTag(kind, key));
    if (unknown)
      throw notModelled(`the condition key ${unknown.key} of statement ${id} (lab/cloud/iam/condition-keys.ts)`);
  }
}

/** Of instances, interfaces, groups and secrets. */
function isTag(kind: PolicyKind, key: string): boolean {
  return kind === 'identity' && key.startsWith('aws:resourcetag/');
}
