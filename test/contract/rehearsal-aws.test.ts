/** What the rehearsal asks of AWS, by its adapters over the wire: each answer is told from a refusal and from no answer. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ec2FenceRehearsal } from '../../lib/adapters/aws/ec2-fence-rehearsal.ts';
import { routeRehearsal } from '../../lib/adapters/aws/route-rehearsal.ts';
import { CloudError } from '../../lib/core/errors.ts';
import type { FenceRehearsal, RouteRehearsal } from '../../lib/ports/rehearsal.ts';
import { clientConfig, openAccount, VIP, type LabAccount } from '../lab/cloud/lab-account.ts';

const NOBODY = 'i-0fedcba9876543210';
const ZONE = 'Z0REHEARSAL';

let account: LabAccount;
let fence: FenceRehearsal;
let route: RouteRehearsal;
const clients: { destroy(): void }[] = [];

beforeAll(async () => {
  account = await openAccount();
  const { cloud } = account;
  cloud.route53.addHostedZone({
    zoneId: ZONE,
    name: 'example.internal',
    records: [{ name: 'db.example.internal.', type: 'A', ttlSeconds: 60, values: [VIP] }],
  });
  const config = clientConfig(cloud);
  const all = {
    ec2: new EC2Client(config),
    route53: new Route53Client(config),
    sns: new SNSClient(config),
    stepFunctions: new SFNClient(config),
  };
  clients.push(...Object.values(all));
  fence = ec2FenceRehearsal(all.ec2);
  const { id, region } = cloud.account;
  const stateMachineArn = `arn:aws:states:${region}:${id}:stateMachine:failover`;
  route = routeRehearsal({ topicArn: cloud.sns.createTopic('told'), stateMachineArn }, all);
});
afterEach(() => account.cloud.faults.lift());
afterAll(async () => {
  for (const client of clients) client.destroy();
  await account.close();
});

/** Makes one call answer with an error. */
function refuse(action: string, code: string, status = 403): void {
  account.cloud.faults.arm([{ action, fault: { kind: 'error', code, status, message: 'no' } }]);
}

describe('the fence, asked with DryRun', () => {
  const instance = () => account.old.instanceId;
  const networkInterface = () => account.old.networkInterface;

  it('would be put up, and is not', async () => {
    const groups = [...networkInterface().groupIds];
    expect(await fence.wouldStop(instance())).toEqual({ wouldDo: true });
    expect(await fence.wouldSetGroups(networkInterface().networkInterfaceId, [account.clients.groupId])).toEqual({
      wouldDo: true,
    });
    expect(await fence.instanceState(instance())).toBe('running');
    expect(networkInterface().groupIds).toEqual(groups);
  });

  it('would be refused: by a policy, or for want of what it names, with the code and the words of EC2', async () => {
    refuse('StopInstances', 'UnauthorizedOperation');
    expect(await fence.wouldStop(instance())).toEqual({ wouldDo: false, code: 'UnauthorizedOperation', because: 'no' });
    expect(await fence.wouldStop(NOBODY)).toMatchObject({ wouldDo: false });
    account.cloud.faults.lift();
    expect(await fence.wouldStop(NOBODY)).toMatchObject({ wouldDo: false, code: 'InvalidInstanceID.NotFound' });
    const { networkInterfaceId } = networkInterface();
    expect(await fence.wouldSetGroups(networkInterfaceId, ['sg-0fedcba9876543210'])).toMatchObject({
      wouldDo: false,
      code: 'InvalidGroup.NotFound',
    });
  });

  it.each([
    ['RequestLimitExceeded', 503],
    ['InternalError', 500],
  ])('is not known to be refused when EC2 gives no word on it: %s', async (code, status) => {
    refuse('StopInstances', code, status);
    await expect(fence.wouldStop(instance())).rejects.toThrow(CloudError);
  });

  it('is told of stop protection, which DryRun does not look at', async () => {
    expect(await fence.isStopProtected(instance())).toBe(false);
    account.old.disableApiStop = true;
    expect(await fence.isStopProtected(instance())).toBe(true);
    expect(await fence.wouldStop(instance())).toEqual({ wouldDo: true });
    account.old.disableApiStop = false;
  });

  it('is told what an instance has, and what a group lets in', async () => {
    expect(await fence.interfacesOf(instance())).toEqual([
      {
        id: networkInterface().networkInterfaceId,
        subnetId: 'subnet-0000000a',
        vpcId: 'vpc-0000000a',
        addresses: ['127.42.1.11', VIP],
      },
    ]);
    expect(await fence.group(account.databases.groupId)).toEqual({ vpcId: 'vpc-0000000a', ingressRules: 2 });
    await expect(fence.group('sg-0fedcba9876543210')).rejects.toThrow(/InvalidGroup.NotFound/);
    await expect(fence.instanceState(NOBODY)).rejects.toThrow(/InvalidInstanceID.NotFound/);
  });
});

describe('the route', () => {
  it('is told of an interface, its subnet and its room', async () => {
    const { networkInterfaceId } = account.next.networkInterface;
    expect(await route.interface(networkInterfaceId)).toMatchObject({ addresses: ['127.42.1.12'] });
    expect(await route.subnetBlock('subnet-0000000a')).toBe('127.42.1.0/24');
    expect(await route.mostAddresses(account.next.instanceId)).toBe(10);
    await expect(route.subnetBlock('subnet-0000000f')).rejects.toThrow(/InvalidSubnetID.NotFound/);
  });

  it('tells a record from none, and one that begins alike from the one that is meant', async () => {
    const found = { ttlSeconds: 60, addresses: [VIP] };
    expect(await route.record(ZONE, 'db.example.internal')).toEqual(found);
    expect(await route.record(ZONE, 'db.example.internal.')).toEqual(found);
    expect(await route.record(ZONE, 'd.example.internal')).toBeNull();
    await expect(route.record('Z0NOWHERE', 'db.example.internal')).rejects.toThrow(/NoSuchHostedZone/);
  });

  it('sees the topic, or says that it does not', async () => {
    await expect(route.topic()).resolves.toBeUndefined();
    refuse('GetTopicAttributes', 'AuthorizationError');
    await expect(route.topic()).rejects.toThrow(/GetTopicAttributes failed: AuthorizationError/);
  });

  it('may see executions when it is told that there is none of a name, and not when it is refused', async () => {
    await expect(route.executions()).resolves.toBeUndefined();
    refuse('DescribeExecution', 'AccessDeniedException', 400);
    await expect(route.executions()).rejects.toThrow(/DescribeExecution failed: AccessDeniedException/);
  });
});
