/** The lab's cloud against the contract. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { openAccount, VIP } from '../lab/cloud/lab-account.ts';
import { synthesizeSampleStack } from '../lab/cloud/sample-stack.ts';
import { awsContract } from './aws-contract.ts';

process.env['CDK_VALIDATION'] = 'false';

awsContract('the lab', async () => {
  const account = await openAccount();
  const { cloud, old, next } = account;
  const assembly = synthesizeSampleStack();
  const deployment = await cloud.deploy(assembly);
  const fence = await cloud.world.addSecurityGroup({ groupName: 'fence', vpcId: 'vpc-0000000a' });
  const zone = cloud.route53.addHostedZone({ name: 'example.internal' });
  const fixture = (instance: typeof old) => ({
    instanceId: instance.instanceId,
    networkInterfaceId: instance.networkInterface.networkInterfaceId,
  });
  return {
    client: { endpoint: cloud.endpointUrl, region: cloud.account.region, credentials: cloud.operator },
    instances: [fixture(old), fixture(next)],
    vip: VIP,
    foreignAddress: '127.42.2.9',
    fenceGroupId: fence.groupId,
    hostedZoneId: zone.zoneId,
    recordName: 'db.example.internal',
    tableName: deployment.tableName('Table'),
    topicArn: deployment.topicArn('Topic'),
    functionArn: deployment.functionArn('Probe'),
    stateMachineArn: deployment.stateMachineArn('Machine'),
    scheduleName: deployment.find('AWS::Scheduler::Schedule', 'Schedule').physicalId,
    patienceMs: 5_000,
    close: async () => {
      await account.close();
      rmSync(dirname(assembly), { recursive: true, force: true });
    },
  };
});
