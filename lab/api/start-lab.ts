/**
 * A lab for tests of one's own: one call gives real servers that replicate, a small AWS, and the deployed stack that
 * watches them.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import { messageOf } from '../../lib/core/errors.ts';
import { openNetwork } from '../net/open-network.ts';
import { insideSandbox } from '../net/sandbox.ts';
import { findEngine } from '../packages/find-engine.ts';
import { findTool } from '../packages/find-tool.ts';
import { startLab as startWholeLab, type Lab } from '../run/lab.ts';
import { tellLines } from './tell-lines.ts';
import { allMonitorsSee } from '../run/steady.ts';
import * as plan from '../run/topology.ts';
import { until } from '../run/until.ts';
import { openWorkDirectory } from '../run/work-directory.ts';
import { faultsOf, type LabFaults } from './faults.ts';
import { parseSettings, type LabSettings } from './settings.ts';
import { waitForFailover, type Failover } from './wait-for-failover.ts';

export interface LabNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly availabilityZone: string;
}

export interface RunningLab extends AsyncDisposable {
  readonly cluster: string;
  /** What applications connect to; it moves with the primary. */
  readonly vip: { readonly host: string; readonly port: number };
  /** An ordinary account with every privilege on the database `app`, and no other. */
  readonly application: { readonly user: string; readonly password: string; readonly database: string };
  readonly nodes: readonly LabNode[];
  /** The lab's AWS. */
  readonly endpointUrl: string;
  /** What the AWS SDK, the aws CLI and `db-failover` need to talk to it, as an operator. */
  readonly environment: Readonly<Record<string, string>>;
  /** Outputs of the deployed stack, such as `TableName` and `StateMachineArn`. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly faults: LabFaults;
  /** The primary, by the record of the cluster. */
  primary(): Promise<string>;
  /** A connection of the application through the VIP; the caller ends it. */
  connect(): Promise<Connection>;
  /**
   * Waits until a failover has been carried out: the next one since the lab was started, or since the last that was
   * waited for. One that is over already is given at once.
   *
   * @throws FailoverHalted with the reason; DeadlineMissed when there is no end by then
   */
  waitForFailover(options?: { /** @default 60_000 */ readonly withinMs?: number }): Promise<Failover>;
  /** Ends everything that the lab started. Idempotent. */
  close(): Promise<void>;
}

const WATCHED_WITHIN_MS = 60_000;
const FAILOVER_WITHIN_MS = 60_000;
const CONNECT_TIMEOUT_MS = 2_000;
const ASK_EVERY_MS = 50;

/**
 * Starts a lab, and resolves when every replica follows and every monitor sees the primary alive.
 *
 * @throws LabSettingsError that names each value that can't be used; PackageUnavailable when no server can be had
 *
 * @example
 * await using lab = await startLab({ engine: 'mariadb', topology: { replicas: 2 } });
 * await lab.faults.kill();
 * const { newPrimary, outageMs } = await lab.waitForFailover();
 */
export async function startLab(settings: LabSettings = {}): Promise<RunningLab> {
  const { engine, topology, detection, cooldownSeconds, aws, faults, net, onLine = () => {} } = parseSettings(settings);
  // Advice of the SDK about this Node's age is no part of anybody's test.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const kind = net === 'auto' ? (insideSandbox() ? 'namespaces' : 'loopback') : net;
  const build = await findEngine(engine, { onProgress: onLine });
  const tools = kind === 'namespaces' ? { nft: await findTool('nft', { onProgress: onLine }) } : {};
  const cleanUp: (() => Promise<unknown>)[] = [];
  let closing: Promise<void> | undefined;
  const close = () =>
    (closing ??= (async () => {
      for (const step of cleanUp.reverse()) await step();
    })());
  try {
    const directory = await openWorkDirectory();
    cleanUp.push(() => directory.close());
    const network = await openNetwork({ kind, tools });
    cleanUp.push(() => network.close());
    const lab = await startWholeLab({
      network,
      build,
      directory: directory.path,
      detection,
      cooldownSeconds,
      ...topology,
      ...aws,
      onEvent: tellLines(onLine),
    });
    cleanUp.push(() => lab.close());
    await until('every monitor sees the primary alive', WATCHED_WITHIN_MS, new AbortController().signal, async () => {
      await delay(ASK_EVERY_MS);
      return (await allMonitorsSee(lab)) ?? undefined;
    });
    if (faults.length > 0) lab.cloud.faults.arm(faults);
    return running(lab, topology, close);
  } catch (error) {
    await close().catch((failure: unknown) => onLine(`the lab could not be ended: ${messageOf(failure)}`));
    throw error;
  }
}

function running(lab: Lab, setting: Parameters<typeof faultsOf>[1], close: () => Promise<void>): RunningLab {
  const { cluster, cloud, deployment } = lab;
  const vip = { host: cluster.route.address, port: cluster.port };
  const { username: user, password } = plan.ACCOUNTS.application;
  const application = { user, password, database: 'app' };
  let knownEpoch = 1;
  const primary = async () => (await lab.state.read(cluster.id))?.primary ?? cluster.initialPrimary;
  return {
    cluster: cluster.id,
    vip,
    application,
    nodes: cluster.nodes.map(({ id, address, availabilityZone }) => ({
      id,
      host: address,
      port: cluster.port,
      availabilityZone,
    })),
    endpointUrl: cloud.endpointUrl,
    environment: {
      AWS_ENDPOINT_URL: cloud.endpointUrl,
      AWS_REGION: plan.REGION,
      AWS_DEFAULT_REGION: plan.REGION,
      AWS_ACCESS_KEY_ID: cloud.operator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: cloud.operator.secretAccessKey,
      AWS_SESSION_TOKEN: cloud.operator.sessionToken,
      DB_FAILOVER_TABLE: deployment.outputs['TableName'] ?? '',
    },
    outputs: deployment.outputs,
    faults: faultsOf(lab, setting, primary),
    primary,
    connect: () => createConnection({ ...vip, ...application, connectTimeout: CONNECT_TIMEOUT_MS }),
    async waitForFailover({ withinMs = FAILOVER_WITHIN_MS } = {}) {
      const failover = await waitForFailover(lab, knownEpoch, withinMs);
      knownEpoch = failover.epoch;
      return failover;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
