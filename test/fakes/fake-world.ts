/**
 * A cluster of fakes that belong together, and the contexts in which steps and monitors run in it. `db-1` is the primary
 * under epoch 1, all is well, and nobody watches yet.
 *
 * @module
 */
import type { DatabaseContext } from '../../lambdas/database/context.ts';
import type { FenceContext } from '../../lambdas/fence/context.ts';
import type { MonitorContext, WatchContext } from '../../lambdas/monitor/context.ts';
import { sharedRecords } from '../../lambdas/monitor/records.ts';
import type { NetworkContext } from '../../lambdas/network/context.ts';
import type { ClusterConfig, Config } from '../../lib/core/config.ts';
import type { JournalEvent } from '../../lib/core/journal.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import { NOW } from '../core/examples.ts';
import { exampleConfig } from './example-config.ts';
import { FakeDns } from './fake-dns.ts';
import { FakeExecutions } from './fake-executions.ts';
import { FakeFleet } from './fake-databases.ts';
import { FakeNetwork } from './fake-network.ts';
import { FakeNotifier } from './fake-notifier.ts';
import { fakeSecrets } from './fake-secrets.ts';
import { memoryStateStore } from './memory-state-store.ts';
import { VirtualClock } from './virtual-clock.ts';

const FENCE_GROUP = 'sg-fence';

export class FakeWorld {
  readonly config: Config;
  readonly cluster: ClusterConfig;
  readonly clock = new VirtualClock(NOW);
  readonly state = memoryStateStore();
  /** What was changed on servers, network and DNS, in order. */
  readonly effects: string[] = [];
  readonly network: FakeNetwork;
  readonly fleet: FakeFleet;
  readonly dns = new FakeDns(this.effects);
  readonly notifier = new FakeNotifier();
  readonly executions = new FakeExecutions();
  /** Durations given to the metric, in seconds. */
  readonly recorded: number[] = [];
  readonly log: string[] = [];

  constructor(config: Config = exampleConfig()) {
    this.config = config;
    this.cluster = config.clusters[0]!;
    this.network = new FakeNetwork(this.cluster, FENCE_GROUP, this.effects, this.clock);
    this.fleet = new FakeFleet(this.cluster, this.network, this.effects, this.clock);
    this.network.onStopped = (instanceId) => {
      const node = this.cluster.nodes.find((each) => each.instanceId === instanceId);
      if (node !== undefined) this.fleet.fail(node.id, 'off');
    };
  }

  get databaseContext(): DatabaseContext {
    const { config, state, clock } = this;
    return { config, state, clock, databases: this.fleet.seenFrom('steps'), secrets: fakeSecrets };
  }

  get networkContext(): NetworkContext {
    const { config, state, clock, network, dns, notifier, executions } = this;
    return {
      config,
      state,
      clock,
      network,
      dns,
      notifier,
      executions,
      recordFailover: (_, seconds) => this.recorded.push(seconds),
    };
  }

  get fenceContext(): FenceContext {
    const { config, state, clock, network, notifier } = this;
    return { config, state, clock, network, notifier, fenceGroup: FENCE_GROUP };
  }

  /** @param id of a configured monitor: `a`, `b` or `c` */
  monitorContext(id: string): MonitorContext {
    const { config, state, clock, executions } = this;
    const monitor = config.monitors.find((each) => each.id === id);
    if (monitor === undefined) throw new Error(`there is no monitor ${id}`);
    return {
      config,
      monitor,
      state,
      clock,
      executions,
      databases: this.fleet.seenFrom(id),
      secrets: fakeSecrets,
      log: (line) => this.log.push(`${id}: ${line}`),
    };
  }

  /** As one invocation of a monitor has it, whose lease never runs out. */
  watchContext(id: string, term = `${id}-1`): WatchContext {
    const context = this.monitorContext(id);
    const { state, clock, log } = context;
    const clusters = this.config.clusters.map((each) => each.id);
    return {
      ...context,
      term: { id: term, holds: () => true },
      records: sharedRecords({ clusters, state, clock, log }),
    };
  }

  /** All that a change is about: what was done to the cluster, its record, and the metric. */
  async standing() {
    return { record: await this.record(), effects: [...this.effects], recorded: [...this.recorded] };
  }

  /** The same, with what people were told and what was journalled. */
  async everything() {
    return { ...(await this.standing()), told: [...this.notifier.told], journal: await this.journal() };
  }

  async record(): Promise<ClusterState | null> {
    return this.state.read(this.cluster.id);
  }

  /** What was journalled under epoch 2, the first change that a test makes. */
  async journal(epoch = 2): Promise<readonly JournalEvent[]> {
    return this.state.journal(this.cluster.id, epoch);
  }

  /** The codes of it. */
  async journalCodes(epoch = 2): Promise<readonly string[]> {
    return (await this.journal(epoch)).map((event) => event.code);
  }
}
