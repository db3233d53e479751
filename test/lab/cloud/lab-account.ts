/** @module A small account to test in: two database instances in one subnet, a cloud without latency, SDK clients. */
import { EC2Client } from '@aws-sdk/client-ec2';
import { startCloud, type CloudOptions, type LabCloud } from '../../../lab/cloud/cloud.ts';
import type { CloudEvent } from '../../../lab/cloud/events.ts';
import { guessedLatency } from '../../../lab/cloud/latency.ts';
import type { Instance, SecurityGroup } from '../../../lab/cloud/world/model.ts';
import { RecordingNetwork } from './recording-network.ts';

export const VIP = '127.42.1.100';

export interface LabAccount {
  readonly cloud: LabCloud;
  readonly network: RecordingNetwork;
  readonly events: CloudEvent[];
  readonly old: Instance;
  readonly next: Instance;
  readonly databases: SecurityGroup;
  readonly clients: SecurityGroup;
  readonly ec2: EC2Client;
  close(): Promise<void>;
}

/** What every SDK client of the tests is made with: one attempt, so that a refusal is seen as it was. */
export function clientConfig(cloud: LabCloud) {
  return {
    endpoint: cloud.endpointUrl,
    region: cloud.account.region,
    credentials: cloud.operator,
    maxAttempts: 1,
  };
}

export async function openAccount(options: Partial<CloudOptions> = {}): Promise<LabAccount> {
  const network = new RecordingNetwork();
  const events: CloudEvent[] = [];
  const cloud = await startCloud({
    network,
    latency: guessedLatency(0),
    times: { stopTimeMs: 30, startTimeMs: 30, remapTimeMs: 30, groupChangeTimeMs: 30 },
    dnsSyncTimeMs: 30,
    stateTransitionMs: 0,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const { world } = cloud;
  const vpcId = 'vpc-0000000a';
  world.addSubnet({
    subnetId: 'subnet-0000000a',
    vpcId,
    cidrBlock: '127.42.1.0/24',
    availabilityZone: 'eu-west-1a',
  });
  const clients = await world.addSecurityGroup({ groupName: 'clients', vpcId });
  const databases = await world.addSecurityGroup({
    groupName: 'databases',
    vpcId,
    ingress: [
      { source: { groupId: clients.groupId }, protocol: 'tcp', fromPort: 3306, toPort: 3306 },
      { source: { cidr: '127.42.9.0/24' }, protocol: '-1', fromPort: -1, toPort: -1 },
    ],
  });
  const place = (name: string, address: string, secondaryAddresses: readonly string[]): Promise<Instance> =>
    world.addInstance({
      name,
      host: name,
      subnetId: 'subnet-0000000a',
      address,
      groupIds: [databases.groupId],
      secondaryAddresses,
    });
  const old = await place('db-1', '127.42.1.11', [VIP]);
  const next = await place('db-2', '127.42.1.12', []);
  const ec2 = new EC2Client(clientConfig(cloud));
  return {
    cloud,
    network,
    events,
    old,
    next,
    databases,
    clients,
    ec2,
    async close() {
      ec2.destroy();
      await cloud.close();
      await network.close();
    },
  };
}
