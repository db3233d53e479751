/** @module Security groups of a template with their rules, and endpoints of its VPC. */
import * as z from 'zod';
import type { SecurityGroupRule } from '../../world/model.ts';
import { known } from '../../world/world.ts';
import { provider } from '../provider.ts';

const RULE = {
  IpProtocol: z.coerce.string(),
  FromPort: z.coerce.number().optional(),
  ToPort: z.coerce.number().optional(),
  CidrIp: z.string().optional(),
  SourceSecurityGroupId: z.string().optional(),
  DestinationSecurityGroupId: z.string().optional(),
  Description: z.string().optional(),
};

type Rule = z.infer<z.ZodObject<typeof RULE>>;

export const securityGroup = provider(
  {
    GroupName: z.string().optional(),
    GroupDescription: z.string(),
    VpcId: z.string(),
    SecurityGroupIngress: z.array(z.strictObject(RULE)).default([]),
    SecurityGroupEgress: z.array(z.strictObject(RULE)).default([]),
  },
  [],
  async (properties, { world, generatedName }) => {
    const group = await world.addSecurityGroup({
      groupName: properties.GroupName ?? generatedName,
      description: properties.GroupDescription,
      vpcId: properties.VpcId,
      ingress: properties.SecurityGroupIngress.map(toRule),
      egress: properties.SecurityGroupEgress.map(toRule),
    });
    return { physicalId: group.groupId, attributes: { GroupId: group.groupId, VpcId: group.vpcId } };
  },
);

export const ingress = provider({ GroupId: z.string(), ...RULE }, [], async ({ GroupId, ...rule }, context) => {
  await context.world.authorizeIngress(GroupId, [toRule(rule)]);
  return { physicalId: context.generatedName };
});

export const egress = provider({ GroupId: z.string(), ...RULE }, [], ({ GroupId, ...rule }, context) => {
  known(context.world.securityGroups, GroupId, 'security group').egress.push(toRule(rule));
  return { physicalId: context.generatedName };
});

export const vpcEndpoint = provider(
  { VpcId: z.string(), ServiceName: z.string(), SecurityGroupIds: z.array(z.string()).default([]) },
  ['PrivateDnsEnabled', 'SubnetIds', 'VpcEndpointType', 'RouteTableIds', 'PolicyDocument'],
  ({ VpcId, ServiceName }, { world, generatedName }) => {
    // `com.amazonaws.eu-west-1.dynamodb`
    world.addVpcEndpoint(VpcId, ServiceName.split('.').slice(3).join('.'));
    return { physicalId: generatedName };
  },
);

function toRule(rule: Rule): SecurityGroupRule {
  const groupId = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  if (!rule.CidrIp && !groupId) throw new Error('a rule needs CidrIp or the id of a security group');
  return {
    source: groupId ? { groupId } : { cidr: rule.CidrIp ?? '' },
    protocol: rule.IpProtocol,
    fromPort: rule.FromPort ?? -1,
    toPort: rule.ToPort ?? -1,
  };
}
