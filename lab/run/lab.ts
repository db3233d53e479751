/**
 * A whole lab: network, real servers, the cloud, and the stack that `cdk deploy` would deploy, synthesized and running.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App } from 'aws-cdk-lib';
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { accountGrants, failoverSchema } from '../../lib/adapters/mysql/index.ts';
import { FailoverStack } from '../../lib/constructs/failover-stack.ts';
import { parseConfig, type ClusterConfig, type Config } from '../../lib/core/config.ts';
import type { StateStore } from '../../lib/ports/state.ts';
import { startCloud, type LabCloud } from '../cloud/cloud.ts';
import type { CloudListener } from '../cloud/events.ts';
import { guessedLatency, STATE_TRANSITION_GUESS_MS } from '../cloud/latency.ts';
import type { Deployment } from '../cloud/template/deployment.ts';
import type { LabServer } from '../mysql/lab-server.ts';
import { startReplicationSet } from '../mysql/replication-set.ts';
import type { Host, LabNetwork } from '../net/network.ts';
import type { EngineBuild } from '../packages/engine-build.ts';
import * as topology from './topology.ts';

export interface LabOptions {
  readonly network: LabNetwork;
  readonly build: EngineBuild;
  /** Where data directories go; emptied with the lab. */
  readonly directory: string;
  readonly semiSync: 'required' | 'off';
  readonly detection: { readonly intervalMs: number; readonly timeoutMs: number; readonly failures: number };
  /** Factor on the guesses of AWS's latencies and asynchronous effects. */
  readonly apiLatency: number;
  readonly stopTimeMs: number;
  readonly onEvent: CloudListener;
}

export interface Lab {
  readonly cluster: ClusterConfig;
  readonly config: Config;
  readonly network: LabNetwork;
  readonly cloud: LabCloud;
  readonly deployment: Deployment;
  /** The state table, read from outside. */
  readonly state: StateStore;
  readonly applicationHost: Host;
  /** By node name; the host of a node has its name. */
  readonly servers: ReadonlyMap<string, LabServer>;
  readonly hosts: ReadonlyMap<string, Host>;
  /** Hosts on which each monitor lives. */
  monitorHosts(monitorId: string): readonly string[];
  close(): Promise<void>;
}

/** What asynchronous effects of AWS take in the lab with `apiLatency` 1: guesses, in milliseconds. */
const EFFECT_GUESSES = { remapTimeMs: 200, groupChangeTimeMs: 200, dnsSyncTimeMs: 3_000 };

export async function startLab(options: LabOptions): Promise<Lab> {
  const { network, build, apiLatency, semiSync } = options;
  const plan = topology.addressPlan(network.prefix);
  const cleanUp: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of cleanUp.reverse()) await step();
  };
  try {
    const directory = await mkdtemp(join(options.directory, 'l-'));
    cleanUp.push(() => rm(directory, { recursive: true, force: true }));
    const assembly = await mkdtemp(join(tmpdir(), 'db-failover-assembly-'));
    cleanUp.push(() => rm(assembly, { recursive: true, force: true }));

    const hosts = await Promise.all(
      topology.NODES.map((name, index) =>
        network.addHost({ name, address: plan.databases.hosts[index] ?? '', guestAddresses: [plan.vip] }),
      ),
    );
    const applicationHost = await network.addHost({ name: 'app', address: plan.application.host });

    const set = await startReplicationSet({
      build,
      hosts,
      directory,
      semiSync: semiSync === 'required',
      port: topology.PORT,
      accounts: accountsFor(build.engine),
      replication: { user: topology.ACCOUNTS.replication.username, password: topology.ACCOUNTS.replication.password },
      schema: [
        ...failoverSchema(),
        'CREATE DATABASE app',
        'CREATE TABLE app.writes (n BIGINT AUTO_INCREMENT PRIMARY KEY, id VARCHAR(40) NOT NULL, sent_at_ms BIGINT NOT NULL)',
      ],
    });
    cleanUp.push(() => set.stop());

    const cloud = await startCloud({
      network,
      account: { id: '123456789012', region: topology.REGION },
      latency: guessedLatency(apiLatency),
      stateTransitionMs: STATE_TRANSITION_GUESS_MS * apiLatency,
      times: {
        stopTimeMs: options.stopTimeMs,
        remapTimeMs: EFFECT_GUESSES.remapTimeMs * apiLatency,
        groupChangeTimeMs: EFFECT_GUESSES.groupChangeTimeMs * apiLatency,
      },
      dnsSyncTimeMs: EFFECT_GUESSES.dnsSyncTimeMs * apiLatency,
      onEvent: options.onEvent,
    });
    cleanUp.push(() => cloud.close());

    const config = parseConfig(await furnish(cloud, plan, { hosts, applicationHost, ...options }), 'the drill');
    const deployment = await deploy(cloud, config, assembly);
    const [cluster] = config.clusters;
    if (cluster === undefined) throw new Error('the drill configures no cluster');

    const client = new DynamoDBClient({
      endpoint: cloud.endpointUrl,
      region: topology.REGION,
      credentials: cloud.operator,
    });
    cleanUp.push(async () => client.destroy());
    return {
      cluster,
      config,
      network,
      cloud,
      deployment,
      state: dynamodbState(deployment.outputs['TableName'] ?? '', client),
      applicationHost,
      servers: new Map(set.servers.map((server) => [server.host.name, server])),
      hosts: new Map(hosts.map((host) => [host.name, host])),
      monitorHosts: (monitorId) => cloud.lambda.hostsOf(monitorFunction(deployment, monitorId)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function accountsFor(engine: 'mariadb' | 'mysql') {
  const { monitor, operator, application } = topology.ACCOUNTS;
  const grants = accountGrants(engine);
  return [
    { user: monitor.username, password: monitor.password, grants: grants.monitor },
    { user: operator.username, password: operator.password, grants: grants.operator },
    {
      user: application.username,
      password: application.password,
      grants: ['SELECT, INSERT ON app.*'],
    },
  ];
}

/** Puts into the cloud what a user has before deploying: subnets, groups, instances, secrets and a hosted zone. */
async function furnish(
  cloud: LabCloud,
  plan: ReturnType<typeof topology.addressPlan>,
  lab: Pick<LabOptions, 'build' | 'semiSync' | 'detection'> & {
    readonly hosts: readonly Host[];
    readonly applicationHost: Host;
  },
) {
  const { world, route53 } = cloud;
  const subnet = (subnetId: string, cidrBlock: string, zone: string) =>
    world.addSubnet({ subnetId, vpcId: topology.VPC, cidrBlock, availabilityZone: topology.zoneName(zone) });
  subnet(topology.SUBNETS.databases, plan.databases.cidr, 'a');
  subnet(topology.SUBNETS.application, plan.application.cidr, 'a');
  for (const { zone, cidr } of plan.monitors) subnet(topology.monitorSubnet(zone), cidr, zone);

  const applications = await world.addSecurityGroup({ groupName: 'applications', vpcId: topology.VPC });
  const databases = await world.addSecurityGroup({ groupName: 'databases', vpcId: topology.VPC });
  const mysql = { protocol: 'tcp', fromPort: topology.PORT, toPort: topology.PORT };
  await world.authorizeIngress(databases.groupId, [
    { source: { groupId: applications.groupId }, ...mysql },
    { source: { groupId: databases.groupId }, ...mysql },
  ]);
  await world.addNetworkInterface({
    subnetId: topology.SUBNETS.application,
    host: lab.applicationHost.name,
    address: lab.applicationHost.address,
    groupIds: [applications.groupId],
  });
  const instances = [];
  for (const [index, host] of lab.hosts.entries()) {
    instances.push(
      await world.addInstance({
        name: host.name,
        host: host.name,
        subnetId: topology.SUBNETS.databases,
        address: host.address,
        groupIds: [databases.groupId],
        secondaryAddresses: index === 0 ? [plan.vip] : [],
      }),
    );
  }
  // As `endpoints: existing` says.
  world.addVpcEndpoint(topology.VPC, '*');
  for (const name of ['monitor', 'operator', 'replication'] as const) {
    world.addSecret(`lab/${name}`, JSON.stringify(topology.ACCOUNTS[name]));
  }
  route53.addHostedZone({
    zoneId: topology.ZONE.id,
    name: topology.ZONE.name,
    records: [{ name: `${topology.RECORD}.`, type: 'A', ttlSeconds: topology.RECORD_TTL_SECONDS, values: [plan.vip] }],
  });
  return topology.configOf({
    engine: lab.build.engine,
    vip: plan.vip,
    databaseGroup: databases.groupId,
    instances,
    semiSync: lab.semiSync,
    detection: lab.detection,
  });
}

/** Synthesizes the very app that `cdk deploy` deploys, and gives its template and assets to the cloud. */
async function deploy(cloud: LabCloud, config: Config, outdir: string): Promise<Deployment> {
  // The template has its own tests; here the rules of CloudFormation would cost four seconds of each run.
  process.env['CDK_VALIDATION'] = 'false';
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new FailoverStack(app, 'DatabaseFailover', { failover: { config } });
  app.synth();
  return cloud.deploy(outdir, stack.stackName);
}

function monitorFunction(deployment: Deployment, monitorId: string): string {
  const found = deployment.ofType('AWS::Lambda::Function').find(({ properties }) => {
    const { Environment } = properties as { Environment?: { Variables?: Record<string, string> } };
    return Environment?.Variables?.['MONITOR_ID'] === monitorId;
  });
  if (found === undefined) throw new RangeError(`the stack has no function of monitor ${monitorId}`);
  return found.physicalId;
}
