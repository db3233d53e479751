/**
 * `RouteRehearsal` on EC2, Route 53, SNS and Step Functions.
 *
 * @module
 */
import { DescribeInstanceTypesCommand, DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { CloudError } from '../../core/errors.ts';
import type { RouteRehearsal } from '../../ports/rehearsal.ts';
import { awsErrorName, calling, clientSettings } from './client.ts';
import { describeInstance, describeInterfaces } from './ec2-facts.ts';

export interface RouteClients {
  readonly ec2: EC2Client;
  readonly route53: Route53Client;
  readonly sns: SNSClient;
  readonly stepFunctions: SFNClient;
}

function defaultClients(): RouteClients {
  return {
    ec2: new EC2Client(clientSettings()),
    route53: new Route53Client(clientSettings()),
    sns: new SNSClient(clientSettings()),
    stepFunctions: new SFNClient(clientSettings()),
  };
}

export function routeRehearsal(
  { topicArn, stateMachineArn }: { readonly topicArn: string; readonly stateMachineArn: string },
  { ec2, route53, sns, stepFunctions }: RouteClients = defaultClients(),
): RouteRehearsal {
  return {
    async interface(networkInterfaceId) {
      const [found] = await describeInterfaces(ec2, networkInterfaceId, { NetworkInterfaceIds: [networkInterfaceId] });
      if (found === undefined) throw new CloudError(`DescribeNetworkInterfaces ${networkInterfaceId} found nothing`);
      return found;
    },

    async subnetBlock(subnetId) {
      const answer = await calling(`DescribeSubnets ${subnetId}`, () =>
        ec2.send(new DescribeSubnetsCommand({ SubnetIds: [subnetId] })),
      );
      const block = answer.Subnets?.[0]?.CidrBlock;
      if (block === undefined) throw new CloudError(`DescribeSubnets ${subnetId} answered without a block`);
      return block;
    },

    async mostAddresses(instanceId) {
      const { InstanceType: type } = await describeInstance(ec2, instanceId);
      if (type === undefined) throw new CloudError(`DescribeInstances ${instanceId} answered without a type`);
      const answer = await calling(`DescribeInstanceTypes ${type}`, () =>
        ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: [type] })),
      );
      const most = answer.InstanceTypes?.[0]?.NetworkInfo?.Ipv4AddressesPerInterface;
      if (most === undefined)
        throw new CloudError(`DescribeInstanceTypes ${type} answered without a number of addresses`);
      return most;
    },

    async record(hostedZoneId, recordName) {
      const answer = await calling(`ListResourceRecordSets ${recordName}`, () =>
        route53.send(
          new ListResourceRecordSetsCommand({
            HostedZoneId: hostedZoneId,
            StartRecordName: recordName,
            StartRecordType: 'A',
            MaxItems: 1,
          }),
        ),
      );
      const found = answer.ResourceRecordSets?.[0];
      // Where there is none of that name, the list begins with the next one.
      if (found?.Type !== 'A' || withoutDot(found.Name ?? '') !== withoutDot(recordName)) return null;
      return {
        ttlSeconds: found.TTL ?? 0,
        addresses: (found.ResourceRecords ?? []).flatMap((each) => each.Value ?? []),
      };
    },

    async topic() {
      await calling('GetTopicAttributes', () => sns.send(new GetTopicAttributesCommand({ TopicArn: topicArn })));
    },

    async executions() {
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:rehearsal-of-a-look`;
      await calling('DescribeExecution', async () => {
        try {
          await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
        } catch (error) {
          // Nobody starts one of this name: who is told so may ask.
          if (awsErrorName(error) !== 'ExecutionDoesNotExist') throw error;
        }
      });
    },
  };
}

function withoutDot(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
