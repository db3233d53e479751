/**
 * Monitors that watch a world of fakes, each in a loop of its own and with a pulse, as `runMonitor` has it.
 *
 * @module
 */
import { watchCluster } from '../../../lambdas/monitor/watch.ts';
import type { Config } from '../../../lib/core/config.ts';
import { PULSE_MS } from '../../../lib/core/pulse.ts';
import type { DatabaseTarget } from '../../../lib/ports/database.ts';
import { pulse } from '../../core/examples.ts';
import { Failover, type Outcome, type StepName } from '../failover.ts';

export class WatchedWorld extends Failover {
  /** Who watches, with the number of its term. */
  readonly #watchers = new Map<string, number>();
  #terms = 0;

  /** Lets a monitor watch until `stopWatching`. */
  watch(id: string): void {
    this.#terms += 1;
    const number = this.#terms;
    this.#watchers.set(id, number);
    const term = `${id}-${number}`;
    const goesOn = () => this.#watchers.get(id) === number;
    void (async () => {
      while (goesOn()) {
        const seen = await this.state.pulse({ monitor: id, shard: 0 });
        await this.state.takeSeat(pulse(id, { term, atMs: this.clock.now() }), seen);
        await this.clock.sleep(PULSE_MS);
      }
    })();
    void (async () => {
      const watch = watchCluster(this.cluster, this.watchContext(id, term));
      while (goesOn()) {
        const startedAtMs = this.clock.now();
        await watch.tick();
        await watch.untilNext(startedAtMs + this.cluster.detection.intervalMs);
      }
      await watch.close();
    })();
  }

  isWatching(id: string): boolean {
    return this.#watchers.has(id);
  }

  stopWatching(id: string): void {
    this.#watchers.delete(id);
  }

  /** Cuts a monitor off from every server. */
  blind(id: string): void {
    for (const node of this.cluster.nodes) this.fleet.cut(id, node.id);
  }

  unblind(id: string): void {
    for (const node of this.cluster.nodes) this.fleet.mend(id, node.id);
  }

  /** Runs one step of the execution that the monitors have started last. */
  async stepOf(name: StepName, changes: Readonly<Record<string, unknown>> = {}): Promise<Outcome> {
    const { name: execution, input } = this.executions.started.at(-1)!;
    const epoch = (await this.record())!.epoch;
    return this.step(name, { ...(input as object), execution, epoch, ...changes });
  }

  /** The latest verdict of each monitor. */
  async verdicts(): Promise<Readonly<Record<string, string>>> {
    const votes = await this.state.votes(this.cluster.id);
    return Object.fromEntries(votes.map((vote) => [vote.monitor, vote.verdict]));
  }

  /** Names of the executions that were started. */
  get starts(): readonly string[] {
    return this.executions.started.map((each) => each.name);
  }
}

/** Three monitors that have watched a healthy cluster for ten seconds. */
export async function watched(config?: Config, monitors: readonly string[] = ['a', 'b', 'c']): Promise<WatchedWorld> {
  const world = new WatchedWorld(config);
  for (const id of monitors) world.watch(id);
  await world.clock.pass(10_000);
  return world;
}

/** How the primary is connected to. */
export const TARGET: DatabaseTarget = {
  nodeId: 'db-1',
  engine: 'mariadb',
  host: '10.0.1.11',
  port: 3306,
  credentials: { username: 'monitor', password: 'monitor' },
  tls: { mode: 'off' },
  timeoutMs: 1_000,
};
