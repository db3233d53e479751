/**
 * Sets the scene of a run: applications that write, monitors made blind, and then the fault.
 *
 * @module
 */
import { findNode, type Engine } from '../../lib/core/config.ts';
import type { FaultRuleInput } from '../cloud/faults/rule.ts';
import type { Host } from '../net/network.ts';
import { startApplication, type Application } from './application/application.ts';
import type { Lab } from './lab.ts';
import type { DrillOptions } from './options.ts';
import { once, type Undo } from '../mysql/faults/undo.ts';
import type { Scenario, Stage } from './scenarios/scenario.ts';
import * as topology from './topology.ts';
import { until } from './until.ts';

const BLIND_WITHIN_MS = 60_000;

/** How the application behaves, in milliseconds. */
const APPLICATION = { everyMs: 10, connectTimeoutMs: 300, writeTimeoutMs: 1_000 };

/** Starts an application that writes from `host` to whoever is at `to`: an address, or a name with its DNS server. */
export function startWriter(
  host: Host,
  engine: Engine,
  to: { readonly name: string; readonly host: string; readonly dnsServer: string | null },
): Application {
  const { username, password } = topology.ACCOUNTS.application;
  return startApplication(host, {
    ...APPLICATION,
    ...to,
    port: topology.PORT,
    user: username,
    password,
    database: 'app',
    identityVariable: engine === 'mariadb' ? 'server_id' : 'server_uuid',
  });
}

/** The application of the drill, and in some scenarios a second one on the primary's own host. */
export function startApplications(lab: Lab, scenario: Scenario): Application[] {
  const { cluster, cloud, hosts, applicationHost } = lab;
  const dnsServer = `${cloud.dns.address}:${cloud.dns.port}`;
  const remote = startWriter(applicationHost, cluster.engine, { name: 'app', host: topology.RECORD, dnsServer });
  const primary = hosts.find((host) => host.name === cluster.initialPrimary);
  if (!scenario.localClient || primary === undefined) return [remote];
  return [remote, startWriter(primary, cluster.engine, { name: 'local', host: primary.address, dnsServer: null })];
}

/** Blinds monitors, and waits until they say so. */
export async function arrange(lab: Lab, options: DrillOptions, signal: AbortSignal): Promise<void> {
  const { cluster, config, network } = lab;
  const blind = config.monitors.slice(config.monitors.length - options.blind).map((monitor) => monitor.id);
  for (const host of blind.flatMap((id) => lab.monitorHosts(id))) {
    for (const node of lab.hosts) await network.cut(host, node.name);
  }
  await until('every blind monitor says that it is blind', BLIND_WITHIN_MS, signal, async () => {
    const votes = await lab.state.votes(cluster.id);
    const saying = votes.filter((vote) => vote.verdict === 'blind').map((vote) => vote.monitor);
    return blind.every((id) => saying.includes(id)) ? true : undefined;
  });
}

/** What somebody does in the console of AWS. */
function consoleOf({ cloud }: Lab): Stage['aws'] {
  return {
    async stopInstance(host) {
      const instance = [...cloud.world.instances.values()].find(
        ({ networkInterface }) => networkInterface.host === host,
      );
      if (instance === undefined) throw new RangeError(`the lab has no instance on host ${host}`);
      await cloud.world.effects.stop(instance);
    },
    silenceEvents: async () => cloud.eventBridge.disableRules(),
  };
}

/**
 * Makes the fault of a scenario, and says how to undo it: the first call does, others do nothing.
 *
 * @param awsFaults - what befalls calls of AWS from now on. Default: what the scenario says
 */
export async function makeFault(
  lab: Lab,
  scenario: Scenario,
  primary: string,
  awsFaults: readonly FaultRuleInput[] = scenario.awsFaults,
): Promise<Undo> {
  const server = lab.servers.get(primary);
  if (server === undefined) throw new RangeError(`the lab has no server ${primary}`);
  const functions = lab.deployment
    .ofType('AWS::Lambda::Function')
    .flatMap(({ physicalId }) => lab.cloud.lambda.hostsOf(physicalId));
  const otherHosts = [
    ...new Set([...lab.hosts.map((host) => host.name), lab.applicationHost.name, ...functions]),
  ].filter((host) => host !== primary);
  const { faults } = lab.cloud;
  if (awsFaults.length > 0) faults.arm(awsFaults);
  const undo = await scenario.inject({
    network: lab.network,
    primary: { server, host: primary, volume: lab.primaryVolume },
    replicas: [...lab.servers].filter(([name]) => name !== primary).map(([host, each]) => ({ server: each, host })),
    monitors: lab.config.monitors.map(({ id, availabilityZone }) => ({
      zone: availabilityZone,
      hosts: lab.monitorHosts(id),
    })),
    zone: findNode(lab.cluster, primary).availabilityZone,
    otherHosts,
    monitorAccount: topology.ACCOUNTS.monitor.username,
    aws: consoleOf(lab),
  });
  return once(async () => {
    if (awsFaults.length > 0) faults.lift();
    await undo();
  });
}
