/**
 * What all steps of the workflow share: their input, the check that they may still act, and the journal.
 *
 * @module
 */
import * as z from 'zod';
import { findCluster, type ClusterConfig, type Config } from '../lib/core/config.ts';
import { InvalidInput, StaleActor } from '../lib/core/errors.ts';
import type { JournalDetail } from '../lib/core/journal.ts';
import type { ClusterState } from '../lib/core/state.ts';
import type { Clock } from '../lib/ports/cloud.ts';
import type { Actor, StateStore } from '../lib/ports/state.ts';

/** What every step is given by the state machine. */
export const actorSchema = z.object({
  cluster: z.string().min(1),
  epoch: z.int().min(0),
  execution: z.string().min(1),
});
export const fencingSchema = actorSchema.extend({ oldPrimary: z.string().min(1) });
export const promotionSchema = fencingSchema.extend({ candidate: z.string().min(1) });

export type Fencing = z.output<typeof fencingSchema>;
export type Promotion = z.output<typeof promotionSchema>;

export interface StepContext {
  readonly config: Config;
  readonly state: StateStore;
  readonly clock: Clock;
}

/** One step as the handler calls it: checks its own input. */
export type Step<Context> = (event: unknown, context: Context) => Promise<unknown>;

/** Binds a step to the schema of its input. */
export function stepOf<Context, Schema extends z.ZodType>(
  schema: Schema,
  run: (input: z.output<Schema>, context: Context) => Promise<unknown>,
): Step<Context> {
  return (event, context) => {
    const parsed = schema.safeParse(event);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new InvalidInput(
        `field ${issue?.path.join('.') ?? 'input'} of the step's input: ${issue?.message ?? 'invalid'}`,
      );
    }
    return run(parsed.data, context);
  };
}

/** Runs the step that the event names. */
export function dispatcher<Context>(steps: Readonly<Record<string, Step<Context>>>, context: Context) {
  return async (event: { readonly step?: unknown }): Promise<unknown> => {
    const name = String(event.step);
    const step = Object.hasOwn(steps, name) ? steps[name] : undefined;
    if (step === undefined) {
      throw new InvalidInput(
        `step: received ${JSON.stringify(event.step)}; use one of ${Object.keys(steps).join(', ')}`,
      );
    }
    return step(event, context);
  };
}

/**
 * The cluster, if the execution still holds it under its epoch (invariant 2); throws `StaleActor` otherwise. Reads may go
 * on beside it; nothing is changed before it has answered.
 */
export async function holdCluster(
  context: StepContext,
  actor: Actor,
): Promise<{ cluster: ClusterConfig; state: ClusterState }> {
  const cluster = findCluster(context.config, actor.cluster);
  const state = await context.state.read(actor.cluster);
  if (state === null || state.epoch !== actor.epoch || state.holder !== actor.execution) {
    throw new StaleActor(
      `${actor.execution} does not hold cluster ${actor.cluster} under epoch ${actor.epoch}: it is at epoch ${state?.epoch ?? 'none'}, held by ${state?.holder ?? 'nobody'}`,
    );
  }
  return { cluster, state };
}

/**
 * The cluster, if its epoch still is the actor's. Fencing may go on after the change is closed, but only while no
 * newer change has begun, and never against the server that is the primary by then.
 */
export async function holdFence(
  context: StepContext,
  actor: Fencing,
): Promise<{ cluster: ClusterConfig; state: ClusterState }> {
  const cluster = findCluster(context.config, actor.cluster);
  const state = await context.state.read(actor.cluster);
  const holds = state?.holder === actor.execution;
  const closedByIt = state?.holder === null && state.primary !== actor.oldPrimary;
  if (state?.epoch !== actor.epoch || !(holds || closedByIt)) {
    throw new StaleActor(
      `${actor.execution} may not fence ${actor.oldPrimary} under epoch ${actor.epoch}: cluster ${actor.cluster} is at epoch ${state?.epoch ?? 'none'} with ${state?.primary ?? 'no'} primary`,
    );
  }
  return { cluster, state };
}

/** Writes an event of this change. */
export async function journal(context: StepContext, actor: Actor, detail: JournalDetail): Promise<void> {
  await context.state.append({
    ...detail,
    cluster: actor.cluster,
    epoch: actor.epoch,
    execution: actor.execution,
    atMs: context.clock.now(),
  });
}
