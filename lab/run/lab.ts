/**
 * A whole lab: network, real servers, the cloud, and the stack that `cdk deploy` would deploy, synthesized and running.
 *
 * @module
 */
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { findCluster, parseConfig, type ClusterConfig, type Config } from '../../lib/core/config.ts';
import type { StateStore } from '../../lib/ports/state.ts';
import { startCloud, type CloudOptions, type LabCloud } from '../cloud/cloud.ts';
import type { CloudListener } from '../cloud/events.ts';
import { guessedLatency, STATE_TRANSITION_GUESS_MS } from '../cloud/latency.ts';
import type { Deployment } from '../cloud/template/deployment.ts';
import { timed } from './boot-phases.ts';
import { laySite, serversByName, startServers, type Ground, type GroundOptions, type Site } from './ground.ts';
import { startSynthesizer, type Synthesizer } from './synthesis/synthesizer.ts';
import * as topology from './topology.ts';

export interface LabOptions extends GroundOptions {
  readonly detection: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly failures: number;
    /** Default: the product's. */
    readonly writeDeadlineSeconds?: number;
  };
  /** Whether the configuration has the servers in zones of their own. Default: one zone. */
  readonly zones?: 'one' | 'three';
  /** Factor on the guesses of AWS's latencies and asynchronous effects. */
  readonly apiLatency: number;
  readonly stopTimeMs: number;
  /** How long the fence may take before the failover halts. Default: what a configuration without it means. */
  readonly fenceDeadlineSeconds?: number;
  /** After a failover no other starts by itself for this long. Default: what a configuration without it means. */
  readonly cooldownSeconds?: number;
  /** Whether the configuration declares that every server boots read-only, as the lab's do. Default: true. */
  readonly declaresBootReadOnly?: boolean;
  /** A tag that servers and secrets bear, by which roles may act on them. Default: none, and each is named in the policies. */
  readonly resourceTag?: { readonly key: string; readonly value: string };
  /** One that was started beforehand, and has not been used; it is closed with the lab.  Default: a new one. */
  readonly synthesizer?: Synthesizer;
  readonly onEvent: CloudListener;
  /** How the scheduler keeps its times, and how long functions may run. Default: punctually, and as deployed. */
  readonly pace?: Pick<CloudOptions, 'scheduleJitterOf' | 'functionTimeoutOf'>;
}

export interface Lab extends Ground {
  readonly cluster: ClusterConfig;
  readonly config: Config;
  readonly cloud: LabCloud;
  readonly deployment: Deployment;
  /** The state table, read from outside. */
  readonly state: StateStore;
  /** Hosts on which each monitor lives. */
  monitorHosts(monitorId: string): readonly string[];
}

/** What asynchronous effects of AWS take in the lab with `apiLatency` 1: guesses, in milliseconds. */
const EFFECT_GUESSES = { remapTimeMs: 200, groupChangeTimeMs: 200, dnsSyncTimeMs: 3_000 };

export async function startLab(options: LabOptions): Promise<Lab> {
  const cleanUp: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    // It loads the CDK while hosts are made and servers boot.
    const { synthesizer = startSynthesizer() } = options;
    cleanUp.push(() => synthesizer.close());
    const site = await timed('hosts', laySite(options));
    cleanUp.push(() => site.close());
    const [booted, opened] = await Promise.allSettled([
      timed('servers', startServers(site, options)),
      timed('cloud and synthesis', openCloud(site, options, synthesizer)),
    ]);
    if (booted.status === 'fulfilled') cleanUp.push(() => booted.value.stop());
    if (opened.status === 'fulfilled') cleanUp.push(() => opened.value.cloud.close());
    if (booted.status === 'rejected') throw booted.reason;
    if (opened.status === 'rejected') throw opened.reason;

    const { cloud, config, assembly, stackName } = opened.value;
    // Only now: its schedules start monitors at once, and these look for servers.
    const deployment = await timed('deployment', cloud.deploy(assembly, stackName));
    const client = new DynamoDBClient({
      endpoint: cloud.endpointUrl,
      region: topology.REGION,
      credentials: cloud.operator,
    });
    cleanUp.push(async () => client.destroy());
    return {
      ...site,
      servers: serversByName(booted.value),
      cluster: findCluster(config, topology.CLUSTER),
      config,
      cloud,
      deployment,
      state: dynamodbState(deployment.outputs['TableName'] ?? '', client),
      monitorHosts: (monitorId) => cloud.lambda.hostsOf(monitorFunction(deployment, monitorId)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The cloud with all that is in it before anything is deployed, and the stack, synthesized. */
async function openCloud(site: Site, options: LabOptions, synthesizer: Synthesizer) {
  const { apiLatency } = options;
  const cloud = await startCloud({
    network: site.network,
    account: { id: '123456789012', region: topology.REGION },
    directory: site.directory,
    // Its own tests have asked for it.
    secondOpinion: false,
    latency: guessedLatency(apiLatency),
    stateTransitionMs: STATE_TRANSITION_GUESS_MS * apiLatency,
    times: {
      stopTimeMs: options.stopTimeMs,
      remapTimeMs: EFFECT_GUESSES.remapTimeMs * apiLatency,
      groupChangeTimeMs: EFFECT_GUESSES.groupChangeTimeMs * apiLatency,
    },
    dnsSyncTimeMs: EFFECT_GUESSES.dnsSyncTimeMs * apiLatency,
    onEvent: options.onEvent,
    ...options.pace,
  });
  try {
    const config = parseConfig(await furnish(cloud, site, options), 'the drill');
    const assembly = join(site.directory, 'assembly');
    return { cloud, config, assembly, stackName: await synthesizer.synthesize(config, assembly) };
  } catch (error) {
    await cloud.close();
    throw error;
  }
}

/** Puts into the cloud what a user has before deploying: subnets, groups, instances, secrets and a hosted zone. */
async function furnish(cloud: LabCloud, site: Site, lab: LabOptions) {
  const { plan, applicationHost } = site;
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
    host: applicationHost.name,
    address: applicationHost.address,
    groupIds: [applications.groupId],
  });
  const instances = [];
  for (const [index, host] of site.hosts.entries()) {
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
  const secrets = (['monitor', 'operator', 'replication'] as const).map((name) =>
    world.addSecret(`lab/${name}`, JSON.stringify(topology.ACCOUNTS[name])),
  );
  if (lab.resourceTag !== undefined) {
    const { key, value } = lab.resourceTag;
    const ids = instances.flatMap(({ instanceId, networkInterface }) => [
      instanceId,
      networkInterface.networkInterfaceId,
    ]);
    for (const id of [...ids, ...secrets.map((secret) => secret.arn)]) world.tag(id, [[key, value]]);
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
    ca: site.caPem,
    detection: lab.detection,
    zones: lab.zones ?? 'one',
    fenceDeadlineSeconds: lab.fenceDeadlineSeconds,
    declaresBootReadOnly: lab.declaresBootReadOnly,
    resourceTag: lab.resourceTag,
    cooldownSeconds: lab.cooldownSeconds,
  });
}

function monitorFunction(deployment: Deployment, monitorId: string): string {
  const found = deployment.ofType('AWS::Lambda::Function').find(({ properties }) => {
    const { Environment } = properties as { Environment?: { Variables?: Record<string, string> } };
    return Environment?.Variables?.['MONITOR_ID'] === monitorId;
  });
  if (found === undefined) throw new RangeError(`the stack has no function of monitor ${monitorId}`);
  return found.physicalId;
}
