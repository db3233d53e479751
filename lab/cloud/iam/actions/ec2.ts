/** @module What EC2's calls are judged on: instances, interfaces and groups by name; lists on nothing in particular. */
import { arn } from '../../account.ts';
import { anything, ask, type Call, type Mapping, type Mappings, tagsOf } from '../authorization.ts';

export const EC2: Mappings = {
  DescribeInstances: anything('ec2:DescribeInstances'),
  DescribeInstanceTypes: anything('ec2:DescribeInstanceTypes'),
  DescribeNetworkInterfaces: anything('ec2:DescribeNetworkInterfaces'),
  DescribeSecurityGroups: anything('ec2:DescribeSecurityGroups'),
  DescribeSubnets: anything('ec2:DescribeSubnets'),
  StopInstances: onEach('ec2:StopInstances', 'instance', 'InstanceId.'),
  StartInstances: onEach('ec2:StartInstances', 'instance', 'InstanceId.'),
  DescribeInstanceAttribute: onEach('ec2:DescribeInstanceAttribute', 'instance', 'InstanceId'),
  ModifyInstanceAttribute: onEach('ec2:ModifyInstanceAttribute', 'instance', 'InstanceId'),
  AssignPrivateIpAddresses: onEach('ec2:AssignPrivateIpAddresses', 'network-interface', 'NetworkInterfaceId'),
  UnassignPrivateIpAddresses: onEach('ec2:UnassignPrivateIpAddresses', 'network-interface', 'NetworkInterfaceId'),
  // The interface, and every group that it is to get.
  ModifyNetworkInterfaceAttribute: (call) => [
    ...onEach('ec2:ModifyNetworkInterfaceAttribute', 'network-interface', 'NetworkInterfaceId')(call),
    ...onEach('ec2:ModifyNetworkInterfaceAttribute', 'security-group', 'SecurityGroupId.')(call),
  ],
};

/** One resource for each value of a field; the name of a list of them ends in a dot. */
function onEach(action: string, type: string, field: string): Mapping {
  return (call) =>
    values(call, field).flatMap((id) => ask(action, [arn(call.account, 'ec2', `${type}/${id}`)], tagsOf(call, id)));
}

function values({ request }: Call, field: string): readonly string[] {
  const form = new URLSearchParams(request.body.toString());
  return [...form].flatMap(([name, value]) =>
    name === field || (field.endsWith('.') && name.startsWith(field)) ? [value] : [],
  );
}
