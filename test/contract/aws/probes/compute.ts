/** @module Probes of instances and functions. */
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Probe } from '../capabilities.ts';
import { clientsOf, refusal } from '../clients.ts';
import type { Scene } from '../scene.ts';

export const computeProbes = {
  dryRun: {
    title: 'DryRun answers DryRunOperation, and nothing is done',
    async lack(scene) {
      const code = await refusal(
        stop(scene, (await (await scene.network()).addInstance()).instanceId, { dryRun: true }),
      );
      return code === 'DryRunOperation' ? undefined : `StopInstances with DryRun: ${code}`;
    },
  },
  asyncStop: {
    title: 'an instance is stopping before it is stopped',
    async lack(scene) {
      const { instanceId } = await (await scene.network()).addInstance();
      await stop(scene, instanceId);
      const code = await refusal(start(scene, instanceId));
      return code === 'IncorrectInstanceState' ? undefined : `a start right after the stop: ${code}`;
    },
  },
  statesChecked: {
    title: 'StopInstances looks at the state of an instance',
    async lack(scene) {
      const { instanceId } = await (await scene.network()).addInstance();
      await terminate(scene, instanceId);
      const code = await refusal(stop(scene, instanceId));
      return code === 'IncorrectInstanceState' ? undefined : `a stop of a terminated instance: ${code}`;
    },
  },
  interfacesEnd: {
    title: 'the interface of an instance ends with it',
    async lack(scene) {
      const { instanceId } = await (await scene.network()).addInstance();
      await terminate(scene, instanceId);
      const none = async () => {
        const left = await interfacesOf(scene, instanceId);
        if (left.length > 0) throw new Error(`the interface ${left.join()} of a terminated instance is still there`);
      };
      await scene.eventually(none);
      return undefined;
    },
  },
  stopProtection: {
    title: 'DisableApiStop keeps an instance from being stopped',
    async lack(scene) {
      const { instanceId } = await (await scene.network()).addInstance({ disableApiStop: true });
      const code = await refusal(stop(scene, instanceId));
      return code === 'OperationNotPermitted' ? undefined : `StopInstances of a protected instance: ${code}`;
    },
  },
  idsChecked: {
    title: 'an id that can not be one is refused as malformed',
    async lack({ clients }) {
      const code = await refusal(clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: ['i-nonsense'] })));
      return code === 'InvalidInstanceID.Malformed' ? undefined : `DescribeInstances of i-nonsense: ${code}`;
    },
  },
  keysChecked: {
    title: 'an access key that nobody issued is refused',
    async lack({ endpoint }) {
      const credentials = { accessKeyId: 'AKIAFEDCBA9876543210', secretAccessKey: 'unknown' };
      const stranger = clientsOf({ client: { ...endpoint.client, credentials } });
      const code = await refusal(stranger.ec2.send(new DescribeInstancesCommand({})));
      return code === 'AuthFailure' ? undefined : `DescribeInstances by a stranger: ${code}`;
    },
  },
  lambdaRuns: {
    title: 'functions run',
    async lack(scene) {
      const { functionArn: FunctionName } = await scene.prober();
      const { Payload } = await scene.clients.lambda.send(new InvokeCommand({ FunctionName, Payload: '{"n":1}' }));
      const answer = Payload?.transformToString();
      return answer === '{"echo":{"n":1}}' ? undefined : `the function answered ${answer?.slice(0, 80)}`;
    },
  },
} satisfies Record<string, Probe>;

export function stop({ clients }: Scene, instanceId: string, { dryRun = false } = {}) {
  return clients.ec2.send(
    new StopInstancesCommand({ InstanceIds: [instanceId], Force: true, SkipOsShutdown: true, DryRun: dryRun }),
  );
}

export function terminate({ clients }: Scene, instanceId: string) {
  return clients.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
}

/** As the product asks for all of an instance's interfaces. */
export async function interfacesOf({ clients }: Scene, instanceId: string): Promise<readonly (string | undefined)[]> {
  const { NetworkInterfaces = [] } = await clients.ec2.send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'attachment.instance-id', Values: [instanceId] }] }),
  );
  return NetworkInterfaces.map((each) => each.NetworkInterfaceId);
}

export function start({ clients }: Scene, instanceId: string) {
  return clients.ec2.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
}
