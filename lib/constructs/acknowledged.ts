/**
 * What cdk-nag's AwsSolutions rules object to, and why it is so all the same. Whoever runs them over a stack with this
 * construct gets the reasons with it; the package itself is not needed, as acknowledgements are the CDK's own.
 *
 * @module
 */
import { Stack, Validations } from 'aws-cdk-lib';
import { Effect, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

const BY_TAG = 'allowed only on what bears the tag of the configuration, which takes the place of thousands of names';
const DESCRIBES = 'EC2 knows no resources of Describe actions that could be named';

/** Why a statement has a wildcard among its resources, by its sid without the number of its part. */
const WILDCARDS: Readonly<Record<string, string>> = {
  AttachToVpc:
    'Lambda itself makes the interfaces of a function in a VPC, which do not exist yet; to the code of the function the same actions are denied',
  DeliverLogs: 'deliveries of logs and the resource policies of CloudWatch Logs are of the account: none can be named',
  MoveAddress: BY_TAG,
  ReadSecrets: BY_TAG,
  SeeExecutions: 'executions of this one state machine, whose names are made when they start',
  SeeGroups: DESCRIBES,
  SeeInstances: DESCRIBES,
  SeeStopProtection: BY_TAG,
  SeeSubnets: DESCRIBES,
  StopInstances: BY_TAG,
  SwapSecurityGroups: BY_TAG,
};

/**
 * Acknowledges the wildcards of these statements in the roles and policies of `scope`. A statement that has no reason
 * above remains a finding.
 */
export function acknowledgeWildcards(scope: IConstruct, statements: readonly PolicyStatement[]): void {
  const reasons = new Map<string, Set<string>>();
  for (const { sid = '', effect, resources } of statements) {
    const reason = WILDCARDS[sid.replace(/\d+$/, '')];
    if (effect !== Effect.ALLOW || reason === undefined) continue;
    for (const resource of resources.map((each) => flattened(Stack.of(scope).resolve(each)))) {
      if (resource.includes('*')) reasons.set(resource, (reasons.get(resource) ?? new Set()).add(reason));
    }
  }
  for (const [resource, because] of reasons) {
    Validations.of(scope).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${resource}]`,
      reason: [...because].join('; '),
    });
  }
}

/** The state machines of `scope` are not traced. */
export function acknowledgeNoTraces(scope: IConstruct): void {
  Validations.of(scope).acknowledge({
    id: 'AwsSolutions-SF2',
    reason:
      'the history of an execution, and its log at level ALL, tell each step with its times; traces would tell no more and need permissions on every resource',
  });
}

/** As cdk-nag writes what is known only after deployment. */
function flattened(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (join !== undefined) return join[1].map(flattened).join(join[0]);
  return `<${Ref ?? 'attribute'}>`;
}
