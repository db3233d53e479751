import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  ModifyInstanceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { clientsOf, refusal, refusalOf } from '../clients.ts';
import type { Claim } from '../contract.ts';
import { describeInstance, stateCode } from '../fixtures/network.ts';
import { interfacesOf, start, stop, terminate } from '../probes/compute.ts';
import type { Scene } from '../scene.ts';

export function ec2InstanceContract(claim: Claim): void {
  claim(
    'an instance is stopping for a while before it is stopped, and not to be started',
    ['asyncStop'],
    async (scene) => {
      const { instanceId } = await (await scene.network()).addInstance();
      const { StoppingInstances } = await stop(scene, instanceId);
      expect(StoppingInstances).toMatchObject([{ PreviousState: { Code: 16 }, CurrentState: { Code: 64 } }]);
      expect(await refusal(start(scene, instanceId))).toBe('IncorrectInstanceState');
      await becomes(scene, instanceId, 80);
    },
  );

  claim('a stopped instance keeps its address and its interface, is stopped again and started', [], async (scene) => {
    const { instanceId, networkInterfaceId } = await (await scene.network()).addInstance();
    const before = await describeInstance(scene, instanceId);
    await stop(scene, instanceId);
    await becomes(scene, instanceId, 80);
    expect((await describeInstance(scene, instanceId))?.PrivateIpAddress).toBe(before?.PrivateIpAddress);
    expect(await interfacesOf(scene, instanceId)).toEqual([networkInterfaceId]);
    await stop(scene, instanceId);
    await becomes(scene, instanceId, 80);
    await start(scene, instanceId);
    await becomes(scene, instanceId, 16);
  });

  claim('a dry run of a stop answers DryRunOperation and stops nothing', ['dryRun'], async (scene) => {
    const { instanceId } = await (await scene.network()).addInstance();
    expect(await refusalOf(stop(scene, instanceId, { dryRun: true }))).toMatchObject({
      name: 'DryRunOperation',
      $metadata: { httpStatusCode: 412 },
    });
    expect(await stateCode(scene, instanceId)).toBe(16);
  });

  claim('a protected instance is not stopped until its protection is lifted', ['stopProtection'], async (scene) => {
    const { instanceId: InstanceId } = await (await scene.network()).addInstance({ disableApiStop: true });
    const isProtected = async () => {
      const attribute = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'disableApiStop' });
      return (await scene.clients.ec2.send(attribute)).DisableApiStop?.Value;
    };
    expect(await isProtected()).toBe(true);
    expect(await refusal(stop(scene, InstanceId))).toBe('OperationNotPermitted');
    expect(await stateCode(scene, InstanceId)).toBe(16);
    await scene.clients.ec2.send(new ModifyInstanceAttributeCommand({ InstanceId, DisableApiStop: { Value: false } }));
    expect(await isProtected()).toBe(false);
    expect(await refusal(stop(scene, InstanceId))).toBe('accepted');
  });

  claim('a terminated instance is still described, and not stopped', ['statesChecked'], async (scene) => {
    const { instanceId } = await (await scene.network()).addInstance();
    await terminate(scene, instanceId);
    await becomes(scene, instanceId, 48);
    expect(await refusal(stop(scene, instanceId))).toBe('IncorrectInstanceState');
  });

  claim('the interface of a terminated instance is gone', ['interfacesEnd'], async (scene) => {
    const { instanceId, networkInterfaceId } = await (await scene.network()).addInstance();
    await terminate(scene, instanceId);
    await scene.eventually(async () => expect(await interfacesOf(scene, instanceId)).toEqual([]));
    const gone = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [networkInterfaceId] });
    expect(await refusal(scene.clients.ec2.send(gone))).toBe('InvalidNetworkInterfaceID.NotFound');
  });

  claim('an unknown instance is neither described nor stopped', [], async (scene) => {
    const unknown = 'i-0fedcba9876543210';
    expect(await refusal(describeInstance(scene, unknown))).toBe('InvalidInstanceID.NotFound');
    expect(await refusal(stop(scene, unknown))).toBe('InvalidInstanceID.NotFound');
  });

  claim('an id that can not be one is refused as malformed', ['idsChecked'], async (scene) => {
    expect(await refusal(describeInstance(scene, 'i-nonsense'))).toBe('InvalidInstanceID.Malformed');
  });

  claim('an access key that nobody issued is refused', ['keysChecked'], async ({ endpoint }) => {
    const credentials = { accessKeyId: 'AKIAFEDCBA9876543210', secretAccessKey: 'unknown' };
    const { ec2 } = clientsOf({ client: { ...endpoint.client, credentials } });
    const error = await refusalOf(ec2.send(new DescribeInstancesCommand({})));
    expect(error).toMatchObject({ name: 'AuthFailure', $metadata: { httpStatusCode: 401 } });
  });
}

function becomes(scene: Scene, instanceId: string, code: number): Promise<void> {
  return scene.eventually(async () => expect(await stateCode(scene, instanceId)).toBe(code));
}
