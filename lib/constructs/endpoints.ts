/**
 * Doors from the functions' subnets to the AWS services that they call, for a VPC without a NAT gateway.
 *
 * @module
 */
import { Stack } from 'aws-cdk-lib';
import {
  CfnVPCEndpoint,
  InterfaceVpcEndpoint,
  InterfaceVpcEndpointAwsService,
  Port,
  SecurityGroup,
  type ISubnet,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

import type { Config } from '../core/config.ts';
import type { FunctionNetwork } from './function-network.ts';

export interface EndpointsProps {
  readonly config: Config;
  readonly network: FunctionNetwork;
}

/** Step Functions and Secrets Manager by interfaces in the functions' zones, DynamoDB by the route tables. */
export class Endpoints extends Construct {
  constructor(scope: Construct, id: string, { config, network }: EndpointsProps) {
    super(scope, id);
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: 'Endpoints that the failover functions call',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(network.securityGroup, Port.HTTPS, 'Failover functions');

    const services = {
      StepFunctions: InterfaceVpcEndpointAwsService.STEP_FUNCTIONS,
      SecretsManager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    };
    for (const [name, service] of Object.entries(services)) {
      new InterfaceVpcEndpoint(this, name, {
        vpc: network.vpc,
        service,
        subnets: { subnets: onePerZone(network.subnets) },
        securityGroups: [securityGroup],
        privateDnsEnabled: true,
        // Otherwise the whole VPC is let in.
        open: false,
      });
    }
    new CfnVPCEndpoint(this, 'DynamoDb', {
      vpcEndpointType: 'Gateway',
      vpcId: network.vpc.vpcId,
      serviceName: `com.amazonaws.${Stack.of(this).region}.dynamodb`,
      routeTableIds: config.routeTableIds,
    });
  }
}

/** EC2 refuses an interface endpoint with two subnets of one zone. */
function onePerZone(subnets: readonly ISubnet[]): ISubnet[] {
  const zones = subnets.map((subnet) => subnet.availabilityZone);
  return subnets.filter((subnet, index) => zones.indexOf(subnet.availabilityZone) === index);
}
