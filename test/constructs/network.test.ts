import { describe, expect, it } from 'vitest';
import { exampleConfig, synthesize } from './example.ts';
import { readable } from './readable.ts';
import { properties } from './resources.ts';

const template = synthesize();
const SUBNETS = ['subnet-0a1b2c3d4e5f6000a', 'subnet-0a1b2c3d4e5f6000b', 'subnet-0a1b2c3d4e5f6000c'];

describe('the fence group', () => {
  const fence = Object.entries(template.findResources('AWS::EC2::SecurityGroup')).find(([id]) =>
    id.startsWith('FailoverStepsFenceGroup'),
  );

  it('lets nothing in', () => {
    expect(fence?.[1]['Properties'].SecurityGroupIngress).toBeUndefined();
    const ingress = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress'));
    expect(ingress.map((rule) => readable(rule['Properties'].GroupId))).not.toContain(
      '${FailoverStepsFenceGroup.GroupId}',
    );
  });

  it('reaches nobody: its only rule, without which EC2 would allow everything, leads to no host', () => {
    expect(fence?.[1]['Properties'].SecurityGroupEgress).toEqual([
      {
        CidrIp: '255.255.255.255/32',
        Description: 'Disallow all traffic',
        IpProtocol: 'icmp',
        FromPort: 252,
        ToPort: 86,
      },
    ]);
    template.resourceCountIs('AWS::EC2::SecurityGroupEgress', 0);
  });
});

describe('the databases', () => {
  const intoDatabases = (each: ReturnType<typeof synthesize>) =>
    Object.values(
      each.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { GroupId: 'sg-0a1b2c3d4e5f60002' } }),
    ).map(({ Properties: rule }) => [rule.FromPort, rule.ToPort, readable(rule.SourceSecurityGroupId)]);

  it('let the functions in on the port of the cluster', () => {
    expect(intoDatabases(template)).toEqual([[3306, 3306, '${FailoverNetworkFunctions.GroupId}']]);
  });

  it('let them in once for each port, however many clusters use it', () => {
    const config = exampleConfig();
    const [orders] = config.clusters;
    const another = (id: string, n: number) => ({
      ...orders!,
      id,
      port: 3307,
      route: { ...orders!.route, address: `10.0.1.${200 + n}` },
      dns: { ...orders!.dns, recordName: `${id}.db.example.internal` },
    });
    config.clusters = [orders!, another('billing', 1), another('stock', 2)];
    expect(intoDatabases(synthesize(config)).map(([from]) => from)).toEqual([3306, 3307]);
  });
});

describe('endpoints', () => {
  it('lead to Step Functions, Secrets Manager and DynamoDB', () => {
    const services = Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties: endpoint }) => [
      readable(endpoint.ServiceName),
      endpoint.VpcEndpointType,
      endpoint.SubnetIds ?? endpoint.RouteTableIds,
    ]);
    expect(services).toEqual([
      ['com.amazonaws.${AWS::Region}.states', 'Interface', SUBNETS],
      ['com.amazonaws.${AWS::Region}.secretsmanager', 'Interface', SUBNETS],
      ['com.amazonaws.${AWS::Region}.dynamodb', 'Gateway', ['rtb-0a1b2c3d4e5f60003']],
    ]);
  });

  it('let in the functions alone', () => {
    const ingress = properties(template, 'AWS::EC2::SecurityGroupIngress')
      .filter((rule) => readable(rule['GroupId']) === '${FailoverEndpointsSecurityGroup.GroupId}')
      .map((rule) => [readable(rule['SourceSecurityGroupId']), rule['FromPort'], rule['ToPort']]);
    expect(ingress).toEqual([['${FailoverNetworkFunctions.GroupId}', 443, 443]]);
    for (const group of properties(template, 'AWS::EC2::SecurityGroup')) {
      expect(group['SecurityGroupIngress']).toBeUndefined();
    }
  });

  it('stand in one subnet of a zone, as EC2 refuses a second', () => {
    const config = exampleConfig();
    config.monitors.push({ ...config.monitors[0]!, id: 'd', subnetId: 'subnet-0a1b2c3d4e5f600ff' });
    const subnets = properties(synthesize(config), 'AWS::EC2::VPCEndpoint')
      .filter((each) => each['VpcEndpointType'] === 'Interface')
      .map((each) => each['SubnetIds']);
    expect(subnets).toEqual([SUBNETS, SUBNETS]);
  });

  it('are left to the user with endpoints: existing', () => {
    const existing = synthesize({ ...exampleConfig(), endpoints: 'existing', routeTableIds: [] });
    expect(properties(existing, 'AWS::EC2::VPCEndpoint')).toEqual([]);
  });
});
