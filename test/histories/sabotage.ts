/**
 * The steps with one thing broken on purpose: what the oracle must notice, or it can't be believed.
 *
 * @module
 */
import { withServer, type DatabaseContext } from '../../lambdas/database/context.ts';
import type { FenceContext } from '../../lambdas/fence/context.ts';
import type { NetworkContext } from '../../lambdas/network/context.ts';
import {
  actorSchema,
  fencingSchema,
  journal,
  promotionSchema,
  stepOf,
  type Step,
  type StepContext,
} from '../../lambdas/step.ts';
import { findCluster, findNode } from '../../lib/core/config.ts';
import { REAL_STEPS, type Steps } from './steps.ts';

export interface Sabotage {
  readonly name: string;
  /** The invariants that it may break. */
  readonly breaks: readonly number[];
  readonly steps: Steps;
}

const database = (steps: Steps['database']): Steps => ({
  ...REAL_STEPS,
  database: { ...REAL_STEPS.database, ...steps },
});
const network = (steps: Steps['network']): Steps => ({ ...REAL_STEPS, network: { ...REAL_STEPS.network, ...steps } });
const fence = (steps: Steps['fence']): Steps => ({ ...REAL_STEPS, fence: { ...REAL_STEPS.fence, ...steps } });

const proveAnything = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  await journal(context, input, { code: 'fence-proven', proof: 'read-only', because: 'it will be' });
  return { outcome: 'proven' };
});

const promoteAnybody = stepOf(promotionSchema, async (input, context: DatabaseContext) => {
  const cluster = findCluster(context.config, input.cluster);
  const server = await withServer(context, cluster, { nodeId: input.candidate }, (each) =>
    each.promote({ epoch: input.epoch, semiSync: cluster.semiSync === 'required' }),
  );
  await journal(context, input, { code: 'promoted', candidate: input.candidate, identity: server.identity });
  return { outcome: 'promoted', identity: server.identity };
});

/** Takes whoever comes first in the configuration, and says that nothing is lost. */
const settleOnTheFirst = stepOf(fencingSchema, async (input, context: DatabaseContext) => {
  const cluster = findCluster(context.config, input.cluster);
  const candidate = cluster.nodes.find((node) => node.id !== input.oldPrimary)?.id ?? '';
  await withServer(context, cluster, { nodeId: candidate }, (server) => server.applyReceived(1_000));
  await context.state.nominate(input, { nodeId: candidate, bootsReadOnly: true });
  const election = { elected: true, winner: candidate, received: '', losers: [], possibleLoss: 0 } as const;
  await journal(context, input, {
    code: 'settled',
    candidate,
    election: { lossAsOfMs: null, caveats: [], ...election },
  });
  return { outcome: 'settled', candidate };
});

/** The server is asked who it is, and nothing else. */
const demoteOnPaper: Steps['database'][string] = (event, context) =>
  real(REAL_STEPS.database, 'demote')(event, {
    ...context,
    databases: {
      async connect(target) {
        const server = await context.databases.connect(target);
        const demote = async () => ({ ...(await server.observe()), writersLeft: 0, readOnly: true });
        return { ...server, demote };
      },
    },
  });

/** A reopening that broke off is no reason for care: nobody counts as nominated by it. */
const forgetReopening =
  (name: string): Steps['database'][string] =>
  (event, context) => {
    const { oldPrimary } = fencingSchema.parse(event);
    const read = async (cluster: string) => {
      const record = await context.state.read(cluster);
      return record?.nominee?.nodeId === oldPrimary ? { ...record, nominee: null } : record;
    };
    const nominate: typeof context.state.nominate = async (actor, nominee) => {
      await context.state.dismissNominee(actor);
      await context.state.nominate(actor, nominee);
    };
    return real(REAL_STEPS.database, name)(event, { ...context, state: { ...context.state, read, nominate } });
  };

/** The address goes where the step is told, whether or not anybody was promoted there. */
const moveToTheOther = stepOf(promotionSchema, async (input, context: NetworkContext) => {
  const cluster = findCluster(context.config, input.cluster);
  const other = cluster.nodes.find((node) => node.id !== input.candidate && node.id !== input.oldPrimary);
  if (other !== undefined) await context.network.assignAddress(other.networkInterfaceId, cluster.route.address);
  return { outcome: 'moved' };
});

const haltWithoutAWord = stepOf(actorSchema, async () => ({ outcome: 'halted', because: 'nobody need know' }));

const isolateWithoutAWord = stepOf(fencingSchema, async (input, context: FenceContext) => {
  const { networkInterfaceId } = findNode(findCluster(context.config, input.cluster), input.oldPrimary);
  await context.network.setGroups(networkInterfaceId, [context.fenceGroup]);
  return { outcome: 'isolated' };
});

/** The record says of everybody that he holds it. */
function heldByAnybody<Context extends StepContext>(steps: Readonly<Record<string, Step<Context>>>) {
  return Object.fromEntries(
    Object.entries(steps).map(([name, step]) => {
      const blind: Step<Context> = (event, context) => {
        const actor = actorSchema.parse(event);
        const read = async (cluster: string) => {
          const record = await context.state.read(cluster);
          return record === null ? null : { ...record, epoch: actor.epoch, holder: actor.execution };
        };
        return step(event, { ...context, state: { ...context.state, read } });
      };
      return [name, blind];
    }),
  );
}

export const SABOTAGES: readonly Sabotage[] = [
  { name: 'prove takes anything for a proof', breaks: [1, 3], steps: database({ prove: proveAnything }) },
  {
    name: 'nothing is proven, and promote does not look',
    breaks: [1],
    steps: database({ prove: stepOf(fencingSchema, async () => ({ outcome: 'proven' })), promote: promoteAnybody }),
  },
  { name: 'demote says what it did not do', breaks: [1, 3], steps: database({ demote: demoteOnPaper }) },
  { name: 'the first replica is elected', breaks: [3], steps: database({ settle: settleOnTheFirst }) },
  {
    name: 'open takes the lock from a change that runs',
    breaks: [2],
    steps: network({
      open: (event, context) =>
        real(REAL_STEPS.network, 'open')(event, { ...context, executions: { ...context.executions, status: ended } }),
    }),
  },
  {
    name: 'no step looks who holds the cluster',
    breaks: [2, 6],
    steps: {
      database: heldByAnybody(REAL_STEPS.database),
      network: REAL_STEPS.network,
      fence: heldByAnybody(REAL_STEPS.fence),
    },
  },
  { name: 'the address goes elsewhere', breaks: [4], steps: network({ 'move-address': moveToTheOther }) },
  { name: 'halt tells nobody', breaks: [6], steps: network({ halt: haltWithoutAWord }) },
  { name: 'isolate writes nothing down', breaks: [8], steps: fence({ isolate: isolateWithoutAWord }) },
];

/** Needs three things at once that go wrong, which are drawn too seldom: see found/. */
export const REOPENING_FORGOTTEN: Steps = database({
  prove: forgetReopening('prove'),
  settle: forgetReopening('settle'),
});

function real<Context>(steps: Readonly<Record<string, Step<Context>>>, name: string): Step<Context> {
  const step = steps[name];
  if (step === undefined) throw new Error(`there is no step ${name}`);
  return step;
}

function ended(): Promise<'ended'> {
  return Promise.resolve('ended');
}
