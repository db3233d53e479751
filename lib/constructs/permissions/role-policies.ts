/**
 * The policies of a role, within IAM's limits: one inline policy while everything fits, and managed policies beside it
 * for what does not, as in a deployment with dozens of clusters.
 *
 * @module
 */
import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyDocument, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

import { ConfigError } from '../../core/config.ts';

/** Characters without white space, as IAM counts them: of all inline policies of a role, and of each managed one. */
const INLINE_LIMIT = 10_240;
const MANAGED_LIMIT = 6_144;
/** That a role takes without asking AWS for more. */
const MANAGED_POLICIES_LIMIT = 10;
const EMPTY_DOCUMENT = '{"Version":"2012-10-17","Statement":[]}';

export interface RolePolicies {
  readonly inlinePolicies: Record<string, PolicyDocument>;
  readonly managedPolicies: ManagedPolicy[];
}

/**
 * A role that is made with these has all its permissions before anything can use it.
 *
 * @throws ConfigError when a role can't hold them
 */
export function rolePolicies(scope: Construct, statements: readonly PolicyStatement[]): RolePolicies {
  const [inline = [], ...managed] = packed(scope, statements);
  if (managed.length > MANAGED_POLICIES_LIMIT) {
    throw new ConfigError(
      [
        `clusters: too many for one role, as that of ${scope.node.path} would need ${managed.length} managed policies and ` +
          `IAM attaches ${MANAGED_POLICIES_LIMIT}; set resourceTag and give that tag to the clusters' instances, network ` +
          'interfaces and secrets, or, where it is set, spread the clusters over several deployments',
      ],
      'the configuration',
    );
  }
  return {
    inlinePolicies: { Permissions: documentOf(inline) },
    managedPolicies: managed.map(
      (some, index) =>
        new ManagedPolicy(scope, `Permissions${index + 2}`, {
          description: `Part ${index + 2} of what ${scope.node.path} may do`,
          document: documentOf(some),
        }),
    ),
  };
}

/** Each statement goes to the first policy with room for it; the first is the inline one. */
function packed(scope: Construct, statements: readonly PolicyStatement[]): PolicyStatement[][] {
  const policies: { readonly some: PolicyStatement[]; room: number }[] = [
    { some: [], room: INLINE_LIMIT - EMPTY_DOCUMENT.length },
  ];
  for (const statement of statements) {
    const size = characters(scope, statement);
    let policy = policies.find(({ room }) => size <= room);
    if (policy === undefined) policies.push((policy = { some: [], room: MANAGED_LIMIT - EMPTY_DOCUMENT.length }));
    policy.some.push(statement);
    policy.room -= size;
  }
  return policies.map(({ some }) => some);
}

function documentOf(statements: readonly PolicyStatement[]): PolicyDocument {
  return new PolicyDocument({ statements: [...statements] });
}

/** How many IAM will count, comma included, or a few more: what is filled in later is taken for as long as it may be. */
function characters(scope: Construct, statement: PolicyStatement): number {
  const resolved: unknown = Stack.of(scope).resolve(statement.toStatementJson());
  return JSON.stringify(withoutIntrinsics(resolved)).length + 1;
}

const LONGEST: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-1',
  'AWS::AccountId': '123456789012',
};
/** The ARN of a log group whose name CloudFormation makes from a long stack name. */
const LONGEST_ATTRIBUTE = 'x'.repeat(200);

function withoutIntrinsics(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIntrinsics);
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return LONGEST[String(value.Ref)] ?? LONGEST_ATTRIBUTE;
  if ('Fn::GetAtt' in value) return LONGEST_ATTRIBUTE;
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(withoutIntrinsics).join(separator);
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutIntrinsics(each)]));
}
