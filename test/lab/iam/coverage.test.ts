import { describe, expect, test } from 'vitest';
import type { Use } from '../../../lab/cloud/iam/access.ts';
import { unusedPermissions } from '../../../lab/cloud/iam/coverage.ts';
import { Identities } from '../../../lab/cloud/identities.ts';

const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const TRUST = {
  Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
};
const Statement = [
  { Sid: 'Read', Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: '*' },
  { Sid: 'Any', Effect: 'Allow', Action: 'logs:*', Resource: '*' },
  { Sid: 'Never', Effect: 'Deny', Action: ['ec2:StopInstances', 'ec2:StartInstances'], Resource: '*' },
];

function unused(uses: readonly (readonly [role: string, statement: string, action: string])[], roles = ['a']) {
  const identities = new Identities();
  for (const name of roles) {
    identities.addRole(role(name), TRUST);
    identities.attachPolicy(role(name), { name: 'P', document: { Statement } });
  }
  const asUses = uses.map(([name, statement, action]): Use => ({
    principal: role(name),
    policy: 'P',
    statement,
    action,
  }));
  return unusedPermissions(identities, asUses, (arn) => arn.replace(/^.*\/|\d$/g, '')).map(
    ({ role: kind, statement, action }) => `${kind} ${statement} ${action ?? ''}`.trim(),
  );
}

const ALL = [
  ['a', 'Read', 'dynamodb:GetItem'],
  ['a', 'Read', 'dynamodb:Query'],
  ['a', 'Any', 'logs:PutLogEvents'],
  ['a', 'Never', 'ec2:StopInstances'],
] as const;

describe('what was never used', () => {
  test('is nothing, when every action was allowed and every denial made', () => {
    expect(unused(ALL)).toEqual([]);
  });

  test('is every statement of a role that did nothing', () => {
    expect(unused([])).toEqual(['a Read', 'a Any', 'a Never']);
  });

  test('is an action of a statement that was needed for another', () => {
    expect(unused(ALL.filter(([, , action]) => action !== 'dynamodb:Query'))).toEqual(['a Read dynamodb:Query']);
  });

  test('is not what another role of the same making has used', () => {
    expect(
      unused(
        ALL.map(([, ...use]) => ['a1', ...use] as const),
        ['a1', 'a2'],
      ),
    ).toEqual([]);
    expect(unused(ALL, ['a', 'b'])).toEqual(['b Read', 'b Any', 'b Never']);
  });
});
