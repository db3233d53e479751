/**
 * The security group that an old primary's interfaces are put into.
 *
 * @module
 */
import { SecurityGroup, type IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/**
 * Lets nothing in and nothing out.
 *
 * A group written without outbound rules would get EC2's default, everything to everywhere: CloudFormation takes that
 * rule away only when the template names another. CDK therefore writes one that reaches nobody, ICMP of an unassigned
 * type to 255.255.255.255, an address that a VPC does not deliver to.
 *
 * Connections that exist when an interface enters the group may live on, so that entering it is no proof by itself.
 */
export class FenceGroup extends SecurityGroup {
  constructor(scope: Construct, id: string, props: { readonly vpc: IVpc }) {
    super(scope, id, {
      vpc: props.vpc,
      description: 'Fence of an old primary: nothing in, nothing out',
      allowAllOutbound: false,
      allowAllIpv6Outbound: false,
    });
  }
}
