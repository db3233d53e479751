/**
 * @module The EC2 calls on VPCs and subnets.
 *
 * Guarantees: no two subnets of a VPC overlap. There is no default VPC.
 */
import type { AwsRequest, AwsResponse } from '../../service.ts';
import { AwsError } from '../../wire/aws-error.ts';
import { Form } from '../../wire/form.ts';
import { blockRange } from '../../world/ipv4.ts';
import type { Subnet, Vpc } from '../../world/model.ts';
import type { Inventory } from '../../world/inventory.ts';
import type { World } from '../../world/world.ts';
import { answer, subnetXml, vpcXml } from './answers.ts';
import { stopIfDryRun } from './dry-run.ts';
import { type FilterTable, findSubnet, findVpc, matches } from './lookup.ts';
import { readTagSpecifications } from './tags.ts';

const VPC_FILTERS: FilterTable<Vpc> = {
  'vpc-id': (each) => [each.vpcId],
  cidr: (each) => [each.cidrBlock],
  'is-default': () => ['false'],
};

const SUBNET_FILTERS: FilterTable<Subnet> = {
  'subnet-id': (each) => [each.subnetId],
  'vpc-id': (each) => [each.vpcId],
  'availability-zone': (each) => [each.availabilityZone],
  'cidr-block': (each) => [each.cidrBlock],
};

export async function createVpc(world: World, request: AwsRequest): Promise<AwsResponse> {
  const form = new Form(request.body);
  const cidrBlock = form.required('CidrBlock');
  const tags = readTagSpecifications(form, 'vpc');
  const dryRun = form.flag('DryRun');
  form.end();
  checkBlock(cidrBlock, 'InvalidVpc.Range');
  stopIfDryRun(dryRun);
  const vpc = world.addVpc({ cidrBlock });
  world.tag(vpc.vpcId, tags);
  const { groupId } = await world.addSecurityGroup({
    groupName: 'default',
    description: 'default VPC security group',
    vpcId: vpc.vpcId,
    egress: [{ source: { cidr: '0.0.0.0/0' }, protocol: '-1', fromPort: -1, toPort: -1 }],
  });
  await world.authorizeIngress(groupId, [{ source: { groupId }, protocol: '-1', fromPort: -1, toPort: -1 }]);
  return answer(form.action, request.requestId, { vpc: vpcXml(world, vpc) });
}

export function describeVpcs(world: Inventory, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const ids = form.list('VpcId');
  const filters = form.filters();
  form.end();
  const vpcs = ids.length > 0 ? ids.map((id) => findVpc(world, id)) : [...world.vpcs.values()];
  return answer(form.action, request.requestId, {
    vpcSet: {
      item: vpcs
        .filter((each) => matches(each, filters, VPC_FILTERS, world.tags.get(each.vpcId)))
        .map((each) => vpcXml(world, each)),
    },
  });
}

/** Takes the VPC's own group with it. */
export function deleteVpc(world: World, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const { vpcId } = findVpc(world, form.required('VpcId'));
  const dryRun = form.flag('DryRun');
  form.end();
  stopIfDryRun(dryRun);
  const groups = [...world.securityGroups.values()].filter((each) => each.vpcId === vpcId);
  const isEmpty = [...world.subnets.values()].every((each) => each.vpcId !== vpcId);
  if (!isEmpty || groups.some(({ groupName }) => groupName !== 'default')) throw hasDependencies('vpc', vpcId);
  for (const { groupId } of groups) world.securityGroups.delete(groupId);
  world.vpcs.delete(vpcId);
  return answer(form.action, request.requestId, { return: true });
}

export function createSubnet(world: World, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const vpc = findVpc(world, form.required('VpcId'));
  const cidrBlock = form.required('CidrBlock');
  const availabilityZone = form.text('AvailabilityZone') ?? `${world.account.region}a`;
  const tags = readTagSpecifications(form, 'subnet');
  const dryRun = form.flag('DryRun');
  form.end();
  checkBlock(cidrBlock, 'InvalidSubnet.Range');
  const wanted = blockRange(cidrBlock);
  const whole = blockRange(vpc.cidrBlock);
  if (wanted.first < whole.first || wanted.last > whole.last) throw invalidBlock('InvalidSubnet.Range', cidrBlock);
  const overlaps = [...world.subnets.values()].some((each) => {
    const { first, last } = blockRange(each.cidrBlock);
    return each.vpcId === vpc.vpcId && first <= wanted.last && wanted.first <= last;
  });
  if (overlaps) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${cidrBlock}' conflicts with another subnet`);
  }
  if (!new RegExp(`^${world.account.region}[a-f]$`).test(availabilityZone)) {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${availabilityZone}) for parameter availabilityZone is invalid. Subnets can currently only be created in ` +
        `the availability zones ${world.account.region}a to ${world.account.region}f.`,
    );
  }
  stopIfDryRun(dryRun);
  const subnet = world.addSubnet({ vpcId: vpc.vpcId, cidrBlock, availabilityZone });
  world.tag(subnet.subnetId, tags);
  return answer(form.action, request.requestId, { subnet: subnetXml(world, subnet) });
}

export function describeSubnets(world: Inventory, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const ids = form.list('SubnetId');
  const filters = form.filters();
  form.end();
  const subnets = ids.length > 0 ? ids.map((id) => findSubnet(world, id)) : [...world.subnets.values()];
  return answer(form.action, request.requestId, {
    subnetSet: {
      item: subnets
        .filter((each) => matches(each, filters, SUBNET_FILTERS, world.tags.get(each.subnetId)))
        .map((each) => subnetXml(world, each)),
    },
  });
}

export function deleteSubnet(world: World, request: AwsRequest): AwsResponse {
  const form = new Form(request.body);
  const { subnetId } = findSubnet(world, form.required('SubnetId'));
  const dryRun = form.flag('DryRun');
  form.end();
  stopIfDryRun(dryRun);
  const isUsed = [...world.networkInterfaces.values()].some((each) => each.subnet.subnetId === subnetId);
  if (isUsed) throw hasDependencies('subnet', subnetId);
  world.subnets.delete(subnetId);
  return answer(form.action, request.requestId, { return: true });
}

/** AWS takes blocks from /16 to /28. */
function checkBlock(cidrBlock: string, outOfRange: string): void {
  try {
    blockRange(cidrBlock);
  } catch {
    throw new AwsError(
      'InvalidParameterValue',
      `Value (${cidrBlock}) for parameter cidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  const length = Number(cidrBlock.split('/')[1] ?? '32');
  if (length < 16 || length > 28) throw invalidBlock(outOfRange, cidrBlock);
}

function invalidBlock(code: string, cidrBlock: string): AwsError {
  return new AwsError(code, `The CIDR '${cidrBlock}' is invalid.`);
}

function hasDependencies(kind: string, id: string): AwsError {
  return new AwsError('DependencyViolation', `The ${kind} '${id}' has dependencies and cannot be deleted.`);
}
