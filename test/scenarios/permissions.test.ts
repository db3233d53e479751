/**
 * The permissions of the deployed stack suffice for all that it does, and nothing in them is unneeded: a lab judges each call
 * by the policies of the template, while everything happens that a deployment does. Each drill judges its calls, too.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unusedPermissions } from '../../lab/cloud/iam/coverage.ts';
import type { Instance } from '../../lab/cloud/world/model.ts';
import type { LabNetwork } from '../../lab/net/network.ts';
import { openNetwork } from '../../lab/net/open-network.ts';
import { findEngine } from '../../lab/packages/find-engine.ts';
import { startLab, type Lab } from '../../lab/run/lab.ts';
import * as topology from '../../lab/run/topology.ts';
import { until } from '../../lab/run/until.ts';

/** Longer than monitors wait before they ask whether the execution that holds the lock still runs. */
const STOP_TIME_MS = 8_000;
const TWENTY_MINUTES_MS = 20 * 60_000;

const signal = AbortSignal.timeout(150_000);
const denials: string[] = [];
let directory: string;
let network: LabNetwork;
let lab: Lab;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dbf-'));
  network = await openNetwork({ kind: 'loopback', tools: {} });
  lab = await startLab({
    network,
    build: await findEngine('mariadb'),
    directory,
    detection: { intervalMs: 500, timeoutMs: 500, failures: 2 },
    // So that the lock is held for as long as the stop takes.
    semiSync: 'off',
    declaresBootReadOnly: false,
    apiLatency: 0,
    stopTimeMs: STOP_TIME_MS,
    // Drills name each server in the policies; here they are told by a tag.
    resourceTag: { key: 'db-failover', value: 'lab' },
    onEvent: (event) => {
      if (event.type === 'denied') denials.push(event.message);
    },
  });
});

afterAll(async () => {
  await lab?.close();
  await network?.close();
  await rm(directory, { recursive: true, force: true });
});

describe('the permissions of a deployment', () => {
  it('suffice for its schedules, a rehearsal, and a failover that stops, isolates and falls back to DNS', async () => {
    await rehearsed();
    await failedOver();
    await toldOfAFenceThatIsNotDone();
    expect(denials).toEqual([]);
  });

  it('deny to the code of a function what only Lambda needs', async () => {
    const { identities, account, endpointUrl } = lab.cloud;
    const denying = identities.roles.filter((role) =>
      identities.statementsOf(role).some(({ effect }) => effect === 'Deny'),
    );
    // Three monitors, and the steps that speak SQL.
    expect(denying).toHaveLength(4);
    for (const principal of denying) {
      const context = { 'lambda:sourcefunctionarn': `arn:aws:lambda:${account.region}:${account.id}:function:any` };
      const credentials = identities.issue({ principal, session: 'code', context });
      const ec2 = new EC2Client({ endpoint: endpointUrl, region: account.region, credentials, maxAttempts: 1 });
      const look = ec2.send(new DescribeSubnetsCommand({}));
      await expect(look).rejects.toMatchObject({ name: 'UnauthorizedOperation' });
      ec2.destroy();
    }
  });

  it('are all needed: every action of every statement was used above', () => {
    const paths = new Map(
      lab.deployment
        .ofType('AWS::IAM::Role')
        .map(({ attributes, constructPath }) => [attributes['Arn'], constructPath] as const),
    );
    // Monitors are made alike; which of them is the first to start a change is chance.
    const kindOf = (role: string) => (paths.get(role) ?? role).replace(/\/Monitors\/[^/]+\//, '/Monitors/*/');
    expect(unusedPermissions(lab.cloud.identities, lab.cloud.access.uses, kindOf)).toEqual([]);
  });
});

/** The schedules have started the monitors, and a rehearsal has come to its end: that of its schedule may be too early. */
async function rehearsed(): Promise<void> {
  const { cluster, config, state, cloud, deployment } = lab;
  await until('every monitor sees the primary alive', 60_000, signal, async () => {
    const alive = (await state.votes(cluster.id)).filter((vote) => vote.verdict === 'alive');
    return alive.length === config.monitors.length ? true : undefined;
  });
  const client = new SFNClient({ endpoint: cloud.endpointUrl, region: topology.REGION, credentials: cloud.operator });
  try {
    const stateMachineArn = deployment.outputs['RehearsalArn'];
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
    const output = await until('the rehearsal', 60_000, signal, async () => {
      const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
      return execution.status === 'RUNNING' ? undefined : (execution.output ?? '{}');
    });
    expect(JSON.parse(output)).toMatchObject({ outcome: 'all-well', rehearsed: [cluster.id] });
  } finally {
    client.destroy();
  }
}

/** The primary dies, and EC2 refuses to move the address, so that DNS must lead clients to the new one. */
async function failedOver(): Promise<void> {
  const { cluster, state, servers } = lab;
  for (const { networkInterface } of instances()) {
    Object.assign(networkInterface, { subnet: { ...networkInterface.subnet, cidrBlock: `${network.prefix}.99.0/24` } });
  }
  await servers.get(cluster.initialPrimary)?.kill();
  const record = await until('the failover', 60_000, signal, async () => {
    const [after, journal] = await Promise.all([state.read(cluster.id), state.journal(cluster.id, 2)]);
    return after?.phase === 'steady' && journal.some(({ code }) => code === 'fence-complete') ? after : undefined;
  });
  expect(record).toMatchObject({ epoch: 2, route: 'dns' });
}

/** EC2 has taken a quarter of an hour over the stop of an old primary, which people must hear of. */
async function toldOfAFenceThatIsNotDone(): Promise<void> {
  const { cloud, cluster, state, deployment } = lab;
  const execution = `${deployment.outputs['StateMachineArn']?.replace(':stateMachine:', ':execution:')}:slow`;
  const record = await state.read(cluster.id);
  const opened = record === null ? null : await state.open(record, execution);
  if (opened === null) throw new Error('the lock is not free after the failover');
  const { epoch, primary: oldPrimary } = opened;
  await state.append({
    code: 'opened',
    cluster: cluster.id,
    epoch,
    execution,
    atMs: Date.now() - TWENTY_MINUTES_MS,
    mode: 'failover',
    trigger: { kind: 'operator', name: 'test', reason: 'a stop that takes long' },
    oldPrimary,
    instanceState: 'stopping',
    force: true,
    dismissed: null,
  });
  const instance = instances().find(({ name }) => name === oldPrimary);
  if (instance === undefined) throw new Error(`there is no instance of ${oldPrimary}`);
  instance.state = 'stopping';
  const check = { step: 'check-instance', cluster: cluster.id, epoch, execution, oldPrimary };
  const answer = await cloud.lambda.invoke(deployment.functionName('Fence/Function'), JSON.stringify(check));
  expect(answer.ok && JSON.parse(answer.payload)).toMatchObject({ outcome: 'incomplete' });
  expect(cloud.sns.messages.at(-1)?.subject).toBe(`${cluster.id}: ${oldPrimary} is not stopped`);
}

function instances(): readonly Instance[] {
  return [...lab.cloud.world.instances.values()];
}
