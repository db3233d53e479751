/**
 * What EC2 tells of interfaces and instances, as a rehearsal takes it.
 *
 * @module
 */
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  type EC2Client,
  type Filter,
  type Instance,
} from '@aws-sdk/client-ec2';
import { CloudError } from '../../core/errors.ts';
import type { InterfaceFacts } from '../../core/readiness/network-facts.ts';
import { calling } from './client.ts';

/** @throws CloudError */
export async function describeInstance(client: EC2Client, instanceId: string): Promise<Instance> {
  const answer = await calling(`DescribeInstances ${instanceId}`, () =>
    client.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] })),
  );
  const found = answer.Reservations?.[0]?.Instances?.[0];
  if (found === undefined) throw new CloudError(`DescribeInstances ${instanceId} found nothing`);
  return found;
}

/** @throws CloudError */
export async function describeInterfaces(
  client: EC2Client,
  what: string,
  which: { readonly NetworkInterfaceIds: string[] } | { readonly Filters: Filter[] },
): Promise<readonly InterfaceFacts[]> {
  const answer = await calling(`DescribeNetworkInterfaces ${what}`, () =>
    client.send(new DescribeNetworkInterfacesCommand(which)),
  );
  return (answer.NetworkInterfaces ?? []).map((found) => ({
    id: found.NetworkInterfaceId ?? '',
    subnetId: found.SubnetId ?? '',
    vpcId: found.VpcId ?? '',
    addresses: (found.PrivateIpAddresses ?? []).flatMap((each) => each.PrivateIpAddress ?? []),
  }));
}
