/**
 * Where the functions that speak SQL stand: in which subnets, and through which security groups.
 *
 * @module
 */
import { Annotations, Token } from 'aws-cdk-lib';
import { Port, SecurityGroup, Subnet, Vpc, type ISubnet, type IVpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';

import { ConfigError, type Config, type MonitorConfig } from '../core/config.ts';

export interface FunctionNetworkProps {
  readonly config: Config;
  readonly vpc?: IVpc | undefined;
}

/** The functions' side of the VPC. The databases let its `securityGroup` in on the port of every cluster. */
export class FunctionNetwork extends Construct {
  readonly vpc: IVpc;
  readonly securityGroup: SecurityGroup;
  /** The subnets of all monitors, each once. */
  readonly subnets: ISubnet[];
  private readonly subnetById = new Map<string, ISubnet>();

  constructor(scope: Construct, id: string, props: FunctionNetworkProps) {
    super(scope, id);
    const { config } = props;
    this.vpc = props.vpc ?? this.importVpc(config);
    if (!Token.isUnresolved(this.vpc.vpcId) && this.vpc.vpcId !== config.vpcId) {
      throw new ConfigError(
        [`vpcId: received "${config.vpcId}", but the vpc prop is ${this.vpc.vpcId}; name the same VPC in both`],
        'the configuration',
      );
    }
    this.subnets = [...new Set(config.monitors.map((monitor) => this.subnetOf(monitor)))];

    this.securityGroup = new SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'Functions that watch and change the databases',
      allowAllOutbound: true,
    });
    const databases = SecurityGroup.fromSecurityGroupId(this, 'Databases', config.databaseSecurityGroupId);
    for (const port of new Set(config.clusters.map((cluster) => cluster.port))) {
      databases.addIngressRule(this.securityGroup, Port.tcp(port), 'Failover functions');
    }
  }

  subnetOf({ subnetId, availabilityZone }: MonitorConfig): ISubnet {
    const known = this.subnetById.get(subnetId);
    if (known !== undefined) return known;
    const subnet = Subnet.fromSubnetAttributes(this, subnetId, { subnetId, availabilityZone });
    // CDK warns that it can't ask this subnet for its route table. Nobody does: the configuration names route tables.
    Annotations.of(subnet).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
    this.subnetById.set(subnetId, subnet);
    return subnet;
  }

  private importVpc({ vpcId, monitors }: Config): IVpc {
    const availabilityZones = [...new Set(monitors.map((monitor) => monitor.availabilityZone))];
    return Vpc.fromVpcAttributes(this, 'Vpc', { vpcId, availabilityZones });
  }
}
