/**
 * `FenceRehearsal` on EC2. It asks for the very calls that the fence makes.
 *
 * @module
 */
import {
  DescribeInstanceAttributeCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { CloudError } from '../../core/errors.ts';
import type { FenceRehearsal } from '../../ports/rehearsal.ts';
import { calling, clientSettings } from './client.ts';
import { dryRun } from './dry-run.ts';
import { describeInstance, describeInterfaces } from './ec2-facts.ts';

export function ec2FenceRehearsal(client = new EC2Client(clientSettings())): FenceRehearsal {
  return {
    async instanceState(instanceId) {
      return (await describeInstance(client, instanceId)).State?.Name ?? 'unknown';
    },

    interfacesOf: (instanceId) =>
      describeInterfaces(client, `of ${instanceId}`, {
        Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }],
      }),

    async isStopProtected(instanceId) {
      const answer = await calling(`DescribeInstanceAttribute ${instanceId}`, () =>
        client.send(new DescribeInstanceAttributeCommand({ InstanceId: instanceId, Attribute: 'disableApiStop' })),
      );
      return answer.DisableApiStop?.Value === true;
    },

    wouldStop: (instanceId) =>
      dryRun(`StopInstances ${instanceId} (DryRun)`, () =>
        client.send(
          new StopInstancesCommand({ InstanceIds: [instanceId], Force: true, SkipOsShutdown: true, DryRun: true }),
        ),
      ),

    wouldSetGroups: (networkInterfaceId, groups) =>
      dryRun(`ModifyNetworkInterfaceAttribute ${networkInterfaceId} (DryRun)`, () =>
        client.send(
          new ModifyNetworkInterfaceAttributeCommand({
            NetworkInterfaceId: networkInterfaceId,
            Groups: [...groups],
            DryRun: true,
          }),
        ),
      ),

    async group(groupId) {
      const answer = await calling(`DescribeSecurityGroups ${groupId}`, () =>
        client.send(new DescribeSecurityGroupsCommand({ GroupIds: [groupId] })),
      );
      const found = answer.SecurityGroups?.[0];
      if (found === undefined) throw new CloudError(`DescribeSecurityGroups ${groupId} found nothing`);
      return { vpcId: found.VpcId ?? '', ingressRules: found.IpPermissions?.length ?? 0 };
    },
  };
}
