/**
 * The rehearsal as it is deployed, on real servers: something is broken, and exactly that is found; nothing is changed.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssignPrivateIpAddressesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Secret } from '../../lab/cloud/world/model.ts';
import { startLab, type Lab } from '../../lab/run/lab.ts';
import * as topology from '../../lab/run/topology.ts';
import { openNetwork } from '../../lab/net/open-network.ts';
import type { LabNetwork } from '../../lab/net/network.ts';
import { findEngine } from '../../lab/packages/find-engine.ts';
import { dynamodbRehearsals } from '../../lib/adapters/aws/dynamodb-rehearsals.ts';
import type { Finding } from '../../lib/core/readiness/finding.ts';
import type { Rehearsals } from '../../lib/ports/rehearsal.ts';

/** What is always so in the lab, and that nobody can verify. */
const NO_FAILURE = ['address-move-unverifiable', 'receiver-start-unverifiable'];
const WITHIN = { timeout: 30_000, interval: 50 };

let directory: string;
let network: LabNetwork;
let lab: Lab;
let rehearsals: Rehearsals;
const clients: { destroy(): void }[] = [];
const log: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dbf-'));
  network = await openNetwork({ kind: 'loopback', tools: {} });
  lab = await startLab({
    network,
    build: await findEngine('mariadb'),
    directory,
    detection: { intervalMs: 500, timeoutMs: 1_000, failures: 3 },
    semiSync: 'required',
    apiLatency: 0,
    stopTimeMs: 1_000,
    onEvent: (event) => {
      if (event.type === 'log') log.push(event.line);
    },
  });
  const config = clientConfig();
  const dynamodb = new DynamoDBClient(config);
  clients.push(dynamodb);
  // Monitors would do it; a rehearsal that comes before them takes the configuration's word.
  await lab.state.register('orders', 'db-1');
  rehearsals = dynamodbRehearsals(lab.deployment.outputs['TableName'] ?? '', dynamodb);
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await lab?.close();
  await network?.close();
  await rm(directory, { recursive: true, force: true });
});

function clientConfig() {
  return { endpoint: lab.cloud.endpointUrl, region: topology.REGION, credentials: lab.cloud.operator };
}

function node(id: string) {
  const found = lab.cluster.nodes.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no node ${id}`);
  return found;
}

async function root(id: string, ...statements: string[]): Promise<void> {
  const connection = await lab.servers.get(id)!.adminConnect();
  try {
    for (const sql of statements) await connection.query({ sql, timeout: 10_000 });
  } finally {
    connection.destroy();
  }
}

/** Starts the state machine as an operator would, and gives what it found, without what nobody can verify. */
async function rehearse() {
  const stepFunctions = new SFNClient(clientConfig());
  clients.push(stepFunctions);
  log.length = 0;
  const { executionArn } = await stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn: lab.deployment.outputs['RehearsalArn'],
      input: '{"cluster":"orders"}',
    }),
  );
  const output = await vi.waitFor(async () => {
    const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    expect(execution.status).toBe('SUCCEEDED');
    return JSON.parse(execution.output ?? '{}') as { readonly failures: number };
  }, WITHIN);
  const { findings = [] } = (await rehearsals.read('orders')) ?? {};
  const found = findings.filter(({ code }) => !NO_FAILURE.includes(code));
  const metric = log.flatMap((line) => /"RehearsalFailed":(\d+)/.exec(line)?.[1] ?? []).map(Number);
  return { found, output, metric };
}

const brief = (findings: readonly Finding[]) => findings.map(({ code, subject }) => `${code} ${subject}`);

interface Breakage {
  readonly what: string;
  readonly breaks: () => Promise<unknown>;
  readonly mends: () => Promise<unknown>;
  readonly finds: readonly string[];
}

let secret: Secret | undefined;
const BREAKAGES: readonly Breakage[] = [
  {
    what: 'a secret that is gone',
    breaks: async () => {
      const { secrets } = lab.cloud.world;
      secret = secrets.get(lab.cluster.secrets.replication);
      secrets.delete(lab.cluster.secrets.replication);
    },
    mends: async () => secret && lab.cloud.world.secrets.set(secret.name, secret),
    finds: ['secret-unreadable lab/replication'],
  },
  {
    what: 'the primary’s stop protection on',
    breaks: async () => setStopProtection(true),
    mends: async () => setStopProtection(false),
    finds: ['stop-protected db-1'],
  },
  {
    what: 'the VIP at another node',
    breaks: () => moveVip('db-2'),
    mends: () => moveVip('db-1'),
    finds: ['address-drifted VIP'],
  },
  {
    what: 'a privilege of the operator revoked',
    breaks: () => root('db-1', `REVOKE READ_ONLY ADMIN ON *.* FROM '${topology.ACCOUNTS.operator.username}'@'%'`),
    mends: () => root('db-1', `GRANT READ_ONLY ADMIN ON *.* TO '${topology.ACCOUNTS.operator.username}'@'%'`),
    finds: ['db-1', 'db-2', 'db-3'].map((id) => `privilege-missing ${id} (operator: READ_ONLY ADMIN ON *.*)`),
  },
  {
    what: 'a replica’s applier stopped',
    breaks: () => root('db-3', 'STOP REPLICA SQL_THREAD'),
    mends: () => root('db-3', 'START REPLICA SQL_THREAD'),
    finds: ['not-electable db-3'],
  },
  {
    what: 'every replica’s applier stopped',
    breaks: () => Promise.all(['db-2', 'db-3'].map((id) => root(id, 'STOP REPLICA SQL_THREAD'))),
    mends: () => Promise.all(['db-2', 'db-3'].map((id) => root(id, 'START REPLICA SQL_THREAD'))),
    finds: ['nobody-electable orders', 'not-electable db-2', 'not-electable db-3'],
  },
  {
    what: 'an administrator who forbids that anything is stopped',
    breaks: async () => forbid('ec2:StopInstances'),
    mends: async () => forbid('none:Nothing'),
    finds: ['stop-forbidden db-1', 'stop-forbidden db-2', 'stop-forbidden db-3'],
  },
  {
    what: 'EC2 that says nothing of subnets',
    breaks: async () => lab.cloud.faults.arm([{ action: 'DescribeSubnets', fault: { kind: 'throttle' } }]),
    mends: async () => lab.cloud.faults.lift(),
    finds: ['interface-unreadable db-1', 'interface-unreadable db-2', 'interface-unreadable db-3'],
  },
];

/** Attaches to the role of the fence, instead of what was forbidden before. */
function forbid(Action: string): void {
  const fence = lab.deployment.find('AWS::IAM::Role', 'Fence/Role').attributes['Arn'] ?? '';
  const document = { Statement: { Effect: 'Deny', Action, Resource: '*' } };
  lab.cloud.identities.attachPolicy(fence, { name: 'Forbidden', document });
}

async function setStopProtection(isOn: boolean) {
  const instance = lab.cloud.world.instances.get(node('db-1').instanceId);
  if (instance !== undefined) instance.disableApiStop = isOn;
}

async function moveVip(to: string) {
  const ec2 = new EC2Client(clientConfig());
  clients.push(ec2);
  const { networkInterfaceId: NetworkInterfaceId } = node(to);
  const PrivateIpAddresses = [lab.cluster.route.address];
  await ec2.send(
    new AssignPrivateIpAddressesCommand({ NetworkInterfaceId, PrivateIpAddresses, AllowReassignment: true }),
  );
  const holder = () => lab.cloud.world.holderOf(lab.cluster.route.address)?.networkInterfaceId;
  await vi.waitFor(() => expect(holder()).toBe(NetworkInterfaceId), WITHIN);
}

/** All of the world that a failover would change. */
async function standing() {
  const { world } = lab.cloud;
  const servers = await Promise.all(
    [...lab.servers.values()].map(async (server) => {
      const connection = await server.adminConnect();
      const [rows] = await connection.query(
        'SELECT @@GLOBAL.read_only AS ro, @@GLOBAL.rpl_semi_sync_master_enabled AS s',
      );
      connection.destroy();
      return rows;
    }),
  );
  return {
    record: await lab.state.read('orders'),
    instances: [...world.instances.values()].map(({ instanceId, state }) => [instanceId, state]),
    interfaces: [...world.networkInterfaces.values()].map((each) => [
      each.networkInterfaceId,
      [...each.secondaryAddresses],
      each.groupIds,
    ]),
    dns: lab.cloud.route53.lookup(topology.RECORD),
    servers,
  };
}

describe('the rehearsal', () => {
  it('is started by its schedule, and finds nothing where all is well', async () => {
    const result = await vi.waitFor(async () => {
      const stored = await rehearsals.read('orders');
      expect(stored).not.toBeNull();
      return stored;
    }, WITHIN);
    expect(brief(result?.findings ?? []).map((each) => each.split(' ')[0])).toEqual(NO_FAILURE);
  });

  it.each(BREAKAGES)('finds $what, tells people once, and changes nothing', async ({ breaks, mends, finds }) => {
    await breaks();
    try {
      const before = await standing();
      lab.cloud.sns.messages.length = 0;
      const expected = finds.map((each) => each.replace('VIP', lab.cluster.route.address));
      const first = await rehearse();
      expect(brief(first.found)).toEqual(expected);
      const failing = first.found.filter(({ severity }) => severity === 'fails').length;
      expect({ metric: first.metric, failures: first.output.failures }).toEqual({
        metric: [failing],
        failures: failing,
      });
      await rehearse();
      expect(
        lab.cloud.sns.messages.filter(({ subject }) => subject.startsWith('orders: a failover would')),
      ).toHaveLength(1);
      expect(await standing()).toEqual(before);
    } finally {
      await mends();
    }
    await vi.waitFor(async () => expect(brief((await rehearse()).found)).toEqual([]), WITHIN);
  });
});
