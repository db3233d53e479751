/**
 * @module The EC2 calls on security groups and their rules.
 *
 * Guarantees: new connections are judged by changed rules a moment after the answer, as on EC2.
 */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError, notModelled } from '../../wire/aws-error.ts';
import { Form } from '../../wire/form.ts';
import type { RuleSource, SecurityGroup, SecurityGroupRule } from '../../world/model.ts';
import type { Inventory } from '../../world/inventory.ts';
import type { World } from '../../world/world.ts';
import { answer, securityGroupXml, tagSetXml } from './answers.ts';
import { stopIfDryRun } from './dry-run.ts';
import { type FilterTable, findSecurityGroup, findVpc, matches } from './lookup.ts';
import { readTagSpecifications } from './tags.ts';

const FILTERS: FilterTable<SecurityGroup> = {
  'group-id': (each) => [each.groupId],
  'group-name': (each) => [each.groupName],
  'vpc-id': (each) => [each.vpcId],
};

export async function createSecurityGroup(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const groupName = form.required('GroupName');
  const description = form.required('GroupDescription');
  const vpcId = form.text('VpcId');
  const tags = readTagSpecifications(form, 'security-group');
  const dryRun = form.flag('DryRun');
  form.end();
  if (vpcId === undefined) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
  findVpc(world, vpcId);
  if ([...world.securityGroups.values()].some((each) => each.vpcId === vpcId && each.groupName === groupName)) {
    throw new AwsError('InvalidGroup.Duplicate', `The security group '${groupName}' already exists for VPC '${vpcId}'`);
  }
  stopIfDryRun(dryRun);
  const { groupId } = await world.addSecurityGroup({
    groupName,
    description,
    vpcId,
    egress: [{ source: { cidr: '0.0.0.0/0' }, protocol: '-1', fromPort: -1, toPort: -1 }],
  });
  world.tag(groupId, tags);
  return answer(form.action, request.requestId, { groupId, tagSet: tagSetXml(world, groupId), return: true });
}

export function describeSecurityGroups(world: Inventory, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const ids = form.list('GroupId');
  const filters = form.filters();
  form.end();
  const all = ids.length > 0 ? ids.map((id) => findSecurityGroup(world, id)) : [...world.securityGroups.values()];
  return answer(form.action, request.requestId, {
    securityGroupInfo: {
      item: all
        .filter((each) => matches(each, filters, FILTERS, world.tags.get(each.groupId)))
        .map((each) => securityGroupXml(world, each)),
    },
  });
}

export function deleteSecurityGroup(world: World, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const { groupId, groupName } = findSecurityGroup(world, form.required('GroupId'));
  const dryRun = form.flag('DryRun');
  form.end();
  stopIfDryRun(dryRun);
  if (groupName === 'default') {
    throw new AwsError(
      'CannotDelete',
      `the specified group: "${groupId}" name: "${groupName}" cannot be deleted by a user`,
    );
  }
  const isUsed = [...world.networkInterfaces.values()].some((each) => each.groupIds.includes(groupId));
  const isNamed = [...world.securityGroups.values()].some(
    (each) =>
      each.groupId !== groupId && [...each.ingress, ...each.egress].some(({ source }) => names(source, groupId)),
  );
  if (isUsed || isNamed) throw new AwsError('DependencyViolation', `resource ${groupId} has a dependent object`);
  world.securityGroups.delete(groupId);
  return answer(form.action, request.requestId, { return: true, groupId });
}

export type Direction = 'ingress' | 'egress';

/** AuthorizeSecurityGroupIngress and AuthorizeSecurityGroupEgress. */
export async function authorizeRules(world: World, request: AwsRequest, direction: Direction): Promise<AwsResponse> {
  const { form, rules, wanted } = readChange(world, request, direction);
  for (const rule of wanted) {
    if (!rules.some(isSame(rule))) continue;
    throw new AwsError('InvalidPermission.Duplicate', `the specified rule "${inWords(rule)}" already exists`);
  }
  rules.push(...wanted);
  await world.effects.rulesChanged();
  return answer(form.action, request.requestId, { return: true });
}

/** RevokeSecurityGroupIngress and RevokeSecurityGroupEgress. */
export async function revokeRules(world: World, request: AwsRequest, direction: Direction): Promise<AwsResponse> {
  const { form, rules, wanted } = readChange(world, request, direction);
  if (wanted.some((rule) => !rules.some(isSame(rule)))) {
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
  }
  for (const rule of wanted) rules.splice(rules.findIndex(isSame(rule)), 1);
  await world.effects.rulesChanged();
  return answer(form.action, request.requestId, { return: true });
}

function readChange(world: World, request: AwsRequest, direction: Direction) {
  const form = new Form(request.body);
  const group = findSecurityGroup(world, form.required('GroupId'));
  const wanted = form.structures('IpPermissions').flatMap((prefix) => readPermission(world, form, prefix));
  const dryRun = form.flag('DryRun');
  form.end();
  if (wanted.length === 0) throw new AwsError('MissingParameter', 'Either ipPermissions or a rule must be specified');
  stopIfDryRun(dryRun);
  return { form, rules: group[direction], wanted };
}

/** One permission is as many rules as it has sources. */
function readPermission(world: World, form: Form, prefix: string): readonly SecurityGroupRule[] {
  const named = form.required(`${prefix}.IpProtocol`);
  const protocol = named === 'all' ? '-1' : named;
  const ports = { fromPort: form.whole(`${prefix}.FromPort`) ?? -1, toPort: form.whole(`${prefix}.ToPort`) ?? -1 };
  if (!['tcp', 'udp', '-1'].includes(protocol)) throw notModelled(`rules of the protocol ${named}`);
  const blocks = form.structures(`${prefix}.IpRanges`).map((each): RuleSource => {
    form.text(`${each}.Description`);
    return { cidr: form.required(`${each}.CidrIp`) };
  });
  const groups = form.structures(`${prefix}.Groups`).map((each): RuleSource => {
    form.text(`${each}.Description`);
    form.text(`${each}.UserId`);
    return { groupId: findSecurityGroup(world, form.required(`${each}.GroupId`)).groupId };
  });
  return [...blocks, ...groups].map((source) => ({ source, protocol, ...ports }));
}

function isSame(rule: SecurityGroupRule): (other: SecurityGroupRule) => boolean {
  return (other) => inWords(other) === inWords(rule);
}

function inWords({ source, protocol, fromPort, toPort }: SecurityGroupRule): string {
  const peer = 'cidr' in source ? source.cidr : source.groupId;
  return protocol === '-1'
    ? `peer: ${peer}, ALL, ALLOW`
    : `peer: ${peer}, ${protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}, ALLOW`;
}

function names(source: RuleSource, groupId: string): boolean {
  return 'groupId' in source && source.groupId === groupId;
}
