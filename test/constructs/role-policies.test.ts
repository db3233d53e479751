import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../lib/core/config.ts';
import { problemsOf, synthesize } from './example.ts';
import { manyClusters } from './many-clusters.ts';
import { readable, withoutHash } from './readable.ts';

interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}
interface Policy {
  readonly Statement: readonly Statement[];
}
interface Role {
  readonly inline: Policy;
  readonly managed: readonly Policy[];
}

const byTag = (count: number): ConfigInput => ({
  ...manyClusters(count),
  resourceTag: { key: 'db-failover', value: 'production' },
});

function rolesOf(template: Template): Map<string, Role> {
  const managed = template.findResources('AWS::IAM::ManagedPolicy');
  return new Map(
    Object.entries(template.findResources('AWS::IAM::Role')).map(([id, { Properties }]) => [
      withoutHash(id),
      {
        inline: Properties.Policies[0].PolicyDocument,
        managed: (Properties.ManagedPolicyArns ?? []).map(
          ({ Ref }: { Ref: string }) => managed[Ref]?.['Properties'].PolicyDocument,
        ),
      },
    ]),
  );
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** As IAM counts a policy's characters, in a region and an account with names of usual length. */
function characters(policy: Policy): number {
  const filled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(filled);
    if (typeof value !== 'object' || value === null) return value;
    if ('Ref' in value || 'Fn::GetAtt' in value || 'Fn::Join' in value) {
      return readable(value)
        .replaceAll('${AWS::Partition}', 'aws')
        .replaceAll('${AWS::Region}', 'eu-central-1')
        .replaceAll('${AWS::AccountId}', '123456789012')
        .replaceAll(/\$\{[^}]*\}/g, 'arn:aws:states:eu-central-1:123456789012:stateMachine:DatabaseFailover-6E0B9A90');
    }
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filled(each)]));
  };
  return JSON.stringify(filled(policy)).length;
}

/** Every pair of an action and a resource that a role's policies name. */
function pairs({ inline, managed }: Role): Set<string> {
  return new Set(
    [inline, ...managed]
      .flatMap((policy) => policy.Statement)
      .flatMap(({ Action, Resource }) =>
        list(Action).flatMap((action) => list(Resource).map((resource) => `${action} ${readable(resource)}`)),
      ),
  );
}

const eighty = manyClusters(80);
const templateOfEighty = synthesize(eighty);

describe.each([
  { clusters: 15, template: synthesize(manyClusters(15)) },
  { clusters: 80, template: templateOfEighty },
  { clusters: 1_000, template: synthesize(byTag(1_000)) },
])('the roles of $clusters clusters', ({ template }) => {
  const roles = rolesOf(template);

  it('keep within what IAM takes: inline, in each managed policy, and of these to a role', () => {
    const tooLarge = [...roles].filter(
      ([, { inline, managed }]) =>
        characters(inline) > 10_240 || managed.some((policy) => characters(policy) > 6_144) || managed.length > 10,
    );
    expect(tooLarge.map(([name]) => name)).toEqual([]);
  });

  it('have no two statements of one name in a policy, which IAM refuses', () => {
    for (const { inline, managed } of roles.values()) {
      for (const { Statement } of [inline, ...managed]) {
        expect(new Set(Statement.map(({ Sid }) => Sid)).size).toBe(Statement.length);
      }
    }
  });

  it('stand in a template that CloudFormation takes: 1 MB, 500 resources', () => {
    const json = template.toJSON() as { Resources: Record<string, unknown> };
    expect(JSON.stringify(json, null, 1).length).toBeLessThan(1_000_000);
    expect(Object.keys(json.Resources).length).toBeLessThan(500);
  });
});

describe('policies in parts', () => {
  const roles = rolesOf(templateOfEighty);
  const nodes = eighty.clusters.flatMap((cluster) => cluster.nodes);
  const ec2 = (kind: string, id: string) =>
    `arn:\${AWS::Partition}:ec2:\${AWS::Region}:\${AWS::AccountId}:${kind}/${id}`;

  it('name every server once, and nothing besides', () => {
    const fence = pairs(roles.get('FailoverStepsFenceRole')!);
    const stops = [...fence].filter((pair) => pair.startsWith('ec2:StopInstances '));
    expect(stops.sort()).toEqual(nodes.map((node) => `ec2:StopInstances ${ec2('instance', node.instanceId)}`).sort());
    for (const node of nodes) {
      expect(fence).toContain(
        `ec2:ModifyNetworkInterfaceAttribute ${ec2('network-interface', node.networkInterfaceId)}`,
      );
      expect(pairs(roles.get('FailoverStepsNetworkRole')!)).toContain(
        `ec2:AssignPrivateIpAddresses ${ec2('network-interface', node.networkInterfaceId)}`,
      );
    }
  });

  it('allow the record of every cluster', () => {
    const { inline, managed } = roles.get('FailoverStepsNetworkRole')!;
    const names = [inline, ...managed]
      .flatMap((policy) => policy.Statement)
      .filter(({ Action }) => Action === 'route53:ChangeResourceRecordSets')
      .flatMap(
        ({ Condition }) =>
          Condition?.['ForAllValues:StringEquals']?.['route53:ChangeResourceRecordSetsNormalizedRecordNames'],
      );
    expect(new Set(names)).toEqual(new Set(eighty.clusters.map(({ dns }) => dns.recordName)));
    expect(names).toHaveLength(eighty.clusters.length);
  });

  it('let a function attach to the VPC by the policy that its role is made with', () => {
    const sids = roles.get('FailoverMonitorsaRole')!.inline.Statement.map(({ Sid }) => Sid);
    expect(sids).toEqual(expect.arrayContaining(['AttachToVpc', 'AttachmentIsNotForTheCode']));
  });
});

describe('a tag instead of names', () => {
  const roles = rolesOf(synthesize(byTag(2)));
  const bearsTag = { StringEquals: { 'aws:ResourceTag/db-failover': 'production' } };
  const statement = (role: string, sid: string) => roles.get(role)?.inline.Statement.find(({ Sid }) => Sid === sid);

  it.each([
    ['FailoverStepsFenceRole', 'StopInstances', 'instance/*'],
    ['FailoverStepsFenceRole', 'SwapSecurityGroups', 'network-interface/*'],
    ['FailoverStepsFenceRole', 'SeeStopProtection', 'instance/*'],
    ['FailoverStepsNetworkRole', 'MoveAddress', 'network-interface/*'],
    ['FailoverStepsDatabaseRole', 'ReadSecrets', 'secret:*'],
    ['FailoverMonitorsaRole', 'ReadSecrets', 'secret:*'],
  ])('lets %s %s only where the tag is', (role, sid, resource) => {
    const found = statement(role, sid);
    expect(readable(found?.Resource)).toMatch(new RegExp(`:${resource.replace('*', '\\*')}$`));
    expect(found?.Condition).toEqual(bearsTag);
  });

  it('is refused where a policy would read it as something else', () => {
    expect(problemsOf({ ...manyClusters(1), resourceTag: { key: 'db', value: '${aws:username}' } })).toContain(
      'resourceTag.value: received "${aws:username}"; use 1 to 256 letters',
    );
  });
});

it('more clusters than a role can name are refused at synth, with the role, the limit and the fix', () => {
  expect(problemsOf(manyClusters(90))).toMatch(
    /clusters: too many for one role, as that of DatabaseFailover\/Failover\/Steps\/Fence would need 1[1-9] managed policies and IAM attaches 10; set resourceTag/,
  );
});
