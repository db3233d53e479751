/**
 * What a configuration takes for granted, made on an endpoint that starts out empty.
 *
 * @module
 */
import {
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
  type EC2ClientConfig,
} from '@aws-sdk/client-ec2';
import type { ConfigInput } from '../../lib/core/config.ts';

/** The configuration with a VPC, subnets, a route table and a security group that exist. */
export async function makeNetwork(client: EC2ClientConfig, config: ConfigInput): Promise<ConfigInput> {
  const ec2 = new EC2Client(client);
  try {
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const VpcId = Vpc?.VpcId;
    const monitors = [];
    for (const [index, monitor] of config.monitors.entries()) {
      const subnet = { VpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: monitor.availabilityZone };
      const { Subnet } = await ec2.send(new CreateSubnetCommand(subnet));
      monitors.push({ ...monitor, subnetId: made(Subnet?.SubnetId) });
    }
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
    const group = { VpcId, GroupName: 'databases', Description: 'Databases' };
    const { GroupId } = await ec2.send(new CreateSecurityGroupCommand(group));
    return {
      ...config,
      vpcId: made(VpcId),
      databaseSecurityGroupId: made(GroupId),
      routeTableIds: [made(RouteTable?.RouteTableId)],
      monitors,
    };
  } finally {
    ec2.destroy();
  }
}

function made(id: string | undefined): string {
  if (id === undefined) throw new Error('the endpoint made something without an id');
  return id;
}
