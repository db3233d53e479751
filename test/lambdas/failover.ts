/**
 * A failover in a world of fakes, step by step, as the state machine would call them: `db-1` has died, monitors `b` and
 * `c` miss it, and execution `orders-e2` makes `db-2` the primary of epoch 2.
 *
 * @module
 */
import { databaseSteps } from '../../lambdas/database/steps.ts';
import { fenceSteps } from '../../lambdas/fence/steps.ts';
import { networkSteps } from '../../lambdas/network/steps.ts';
import { dispatcher } from '../../lambdas/step.ts';
import type { Config } from '../../lib/core/config.ts';
import type { Vote } from '../../lib/core/observation.ts';
import { vote } from '../core/examples.ts';
import { FakeWorld } from '../fakes/fake-world.ts';

export type StepName = keyof typeof databaseSteps | keyof typeof networkSteps | keyof typeof fenceSteps;

/** A failover by the VIP, as the state machine goes through it when all goes well. */
export const ORDER = [
  'open',
  'confirm',
  'plan',
  'revoke-acks',
  'demote',
  'isolate',
  'stop-instance',
  'prove',
  'settle',
  'promote',
  'move-address',
  'verify-route',
  'repoint',
  'close',
] as const satisfies readonly StepName[];

/** Everything that a step could be given; each takes what it needs. */
const INPUT = {
  cluster: 'orders',
  epoch: 2,
  execution: 'orders-e2',
  mode: 'failover',
  trigger: { kind: 'monitor', monitor: 'b', epoch: 1 },
  force: false,
  dismiss: '',
  instanceStateCode: 16,
  oldPrimary: 'db-1',
  candidate: 'db-2',
  route: 'vip',
  because: 'a: alive',
  problem: { Error: 'FenceUnproven', Cause: 'no proof' },
};
export type Outcome = Readonly<Record<string, unknown>> & { readonly outcome: string };

export class Failover extends FakeWorld {
  #terms = 0;

  /** Runs one step. */
  async step(name: StepName, changes: Readonly<Record<string, unknown>> = {}): Promise<Outcome> {
    const event = { step: name, ...INPUT, ...changes };
    return (await this.clock.run(this.functionOf(name)(event))) as Outcome;
  }

  /** The function that has a step, as the state machine knows it. */
  private functionOf(name: StepName) {
    if (name in databaseSteps) return dispatcher(databaseSteps, this.databaseContext);
    if (name in fenceSteps) return dispatcher(fenceSteps, this.fenceContext);
    return dispatcher(networkSteps, this.networkContext);
  }

  /** Runs all steps before one. */
  async before(name: (typeof ORDER)[number]): Promise<this> {
    for (const each of ORDER.slice(0, ORDER.indexOf(name))) await this.step(each);
    return this;
  }

  async castVotes(...monitors: readonly (readonly [id: string, changes?: Partial<Vote>])[]): Promise<void> {
    for (const [id, changes] of monitors) {
      // Each of a term of its own, or one that was cast earlier would not replace one that was cast later.
      this.#terms += 1;
      const term = `${id}-${this.#terms}`;
      await this.state.vote(vote(id, { epoch: 1, atMs: this.clock.now(), term, ...changes }));
    }
  }
}

/** The moment at which two monitors miss `db-1`, whose process has died. */
export async function failover(config?: Config): Promise<Failover> {
  const world = new Failover(config);
  await world.state.register('orders', 'db-1');
  world.fleet.fail('db-1', 'down');
  await world.castVotes(['b'], ['c']);
  return world;
}
