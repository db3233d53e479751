/**
 * Watches one cluster: each tick probes the primary by reading and by writing, and the replicas as witnesses; votes;
 * diagnoses what was seen; and does what the table of problems says. One monitor alone never starts a failover: that
 * needs the agreement of a majority, and what it starts asks again.
 *
 * @module
 */
import { findNode, type ClusterConfig } from '../../lib/core/config.ts';
import { VOTE_REPEAT_MS } from '../../lib/core/ballot.ts';
import { diagnose } from '../../lib/core/diagnosis/diagnose.ts';
import type { NodeObservation, ServerObservation, Vote } from '../../lib/core/observation.ts';
import { executionName, type ClusterState } from '../../lib/core/state.ts';
import { judgeRefusal, NOT_REFUSED, type Refusal } from '../../lib/core/refusal.ts';
import { judgeProbe, UNPROBED, type Standing } from '../../lib/core/verdict.ts';
import type { MonitorContext } from './context.ts';
import { keptLine, type Line } from './line.ts';
import { problemLog } from './problem-log.ts';
import { unfinishedChanges } from './unfinished.ts';
import { witnesses as witnessesOf } from './witnesses.ts';

export interface Watch {
  /** One round of probes, ended within the timeout and a little. */
  tick(): Promise<void>;
  /** Waits until `atMs`, or until a kept connection to the primary ends: a reason to look at once. */
  untilNext(atMs: number): Promise<void>;
  close(): Promise<void>;
}

/** How often the record is read while all is well, in milliseconds. */
const READ_STATE_EVERY_MS = 2_000;
/**
 * Before an execution that ended without taking the lock is tried again under another name, in milliseconds: whoever
 * redrives it within this goes on with it.
 */
const RETRY_START_MS = 10_000;

export function watchCluster(cluster: ClusterConfig, context: MonitorContext): Watch {
  const { clock, monitor, state: store } = context;
  const { detection } = cluster;
  let wake = () => {};

  const line = (nodeId: string): Line =>
    keptLine(
      context.databases,
      async () => ({
        nodeId,
        engine: cluster.engine,
        host: findNode(cluster, nodeId).address,
        port: cluster.port,
        credentials: await context.secrets.credentials(cluster.secrets.monitor),
        timeoutMs: detection.timeoutMs,
      }),
      () => {
        if (nodeId === known?.primary) wake();
      },
    );
  const unfinished = unfinishedChanges(context.executions, clock);
  const readLines = new Map(cluster.nodes.map((node) => [node.id, line(node.id)]));
  const writeLines = new Map(cluster.nodes.map((node) => [node.id, line(node.id)]));

  let known: ClusterState | null = null;
  let readStateAtMs = 0;
  let standing: Standing = UNPROBED;
  let refusal: Refusal = NOT_REFUSED;
  let sequence = 0;
  let lastSeen: LastSeen = NEVER_SEEN;
  let lastVote: Vote | null = null;
  /** The name of an execution that is over, and since when that is known. */
  let usedUp: { readonly name: string; readonly sinceMs: number } | null = null;
  const witnesses = witnessesOf();
  const tellProblems = problemLog(cluster.id, (text) => context.log(text));
  /** Which server was first seen at each node. */
  const identities: Record<string, string> = {};
  /** A server knows of a newer epoch than the record that is known. */
  let isOutrun = false;

  /** The record, re-read at intervals, and each time while the primary is missed or the record seems to be old. */
  const currentState = async (): Promise<ClusterState> => {
    const nowMs = clock.now();
    const isWell = standing.verdict === 'alive' && !isOutrun;
    if (known !== null && isWell && nowMs - readStateAtMs < READ_STATE_EVERY_MS) return known;
    const next = (await store.read(cluster.id)) ?? (await store.register(cluster.id, cluster.initialPrimary));
    if (next.primary !== known?.primary) {
      standing = UNPROBED;
      refusal = NOT_REFUSED;
      lastSeen = NEVER_SEEN;
      witnesses.forget();
    }
    known = next;
    readStateAtMs = nowMs;
    return next;
  };

  const observe = async (nodeId: string): Promise<NodeObservation> => {
    const seen = await lineTo(readLines, nodeId).use((server) => server.observe());
    const atMs = clock.now();
    if (seen.ok) identities[nodeId] ??= seen.value.identity;
    return seen.ok
      ? { nodeId, atMs, reachable: true, server: seen.value }
      : { nodeId, atMs, reachable: false, failure: seen.failure, detail: seen.failure };
  };

  /**
   * Whether a server has come to know a newer epoch since the record was read: a change has gone by meanwhile. What was
   * seen is then not held against an old record; the next round reads it again.
   */
  const isNewlyOutrun = (state: ClusterState, observations: readonly NodeObservation[]): boolean => {
    const wasOutrun = isOutrun;
    isOutrun = observations.some((seen) => seen.reachable && seen.server.epoch > state.epoch);
    return isOutrun && !wasOutrun;
  };

  /** Monitors that see the same thing use the same name, so that one execution starts. */
  const start = async (state: ClusterState, because: string): Promise<void> => {
    const name = executionName(state);
    const trigger = { kind: 'monitor', monitor: monitor.id, epoch: state.epoch };
    const started = await context.executions.start(name, { cluster: cluster.id, mode: 'failover', trigger });
    if (started === 'started') context.log(`started ${name}: ${because}`);
    const nowMs = clock.now();
    if (started !== 'already-ended') usedUp = null;
    else if (usedUp?.name !== name) usedUp = { name, sinceMs: nowMs };
    else if (nowMs - usedUp.sinceMs >= RETRY_START_MS) await store.countAttempt(state, nowMs);
  };

  return {
    async tick() {
      const state = await currentState();
      const isUnfinished = await unfinished.isUnfinished(state);
      if (isUnfinished) await start(state, `${state.holder} ended without closing its change`);
      const { primary } = state;
      const atMs = clock.now();
      sequence += 1;
      const beat = { monitor: monitor.id, epoch: state.epoch, sequence, writtenAtMs: atMs };
      const others = cluster.nodes.filter((node) => node.id !== primary);
      const ask = async (nodeId: string) => {
        const seen = await observe(nodeId);
        return { seen, witness: witnesses.witnessOf(seen) };
      };
      const [write, onPrimary, atFirst] = await Promise.all([
        lineTo(writeLines, primary).use((server) => server.beat(beat)),
        observe(primary),
        Promise.all(others.map((node) => ask(node.id))),
      ]);
      // Asked again after a failure, so that the vote says how long they have been silent by then, not a timeout ago.
      // One that gave no answer is not waited for twice: a zone that is lost would take twice as long to notice.
      const asked = onPrimary.reachable
        ? atFirst
        : await Promise.all(atFirst.map(async (each) => (each.seen.reachable ? ask(each.seen.nodeId) : each)));
      if (onPrimary.reachable) lastSeen = seenOf(onPrimary, witnesses.acknowledging());

      const outcome = {
        read: onPrimary.reachable ? 'ok' : onPrimary.failure,
        write: write.ok ? 'ok' : write.failure,
      } as const;
      refusal = judgeRefusal(refusal, { ...outcome, answeredAtMs: onPrimary.atMs });
      standing = judgeProbe(
        standing,
        {
          ...outcome,
          seesReplicas: asked.some(({ seen }) => seen.reachable),
          atMs,
        },
        detection,
      );
      const vote: Vote = {
        cluster: cluster.id,
        monitor: monitor.id,
        availabilityZone: monitor.availabilityZone,
        epoch: state.epoch,
        primary,
        atMs: clock.now(),
        ...standing,
        refusedForMs: refusal.forMs,
        ...lastSeen,
        witnesses: asked.map(({ witness }) => witness),
      };
      if (isDue(vote, lastVote)) {
        if (vote.verdict !== lastVote?.verdict) {
          context.log(
            `${cluster.id}: ${primary} is ${vote.verdict} (${vote.failures} failures, ${vote.failure ?? 'answers'})`,
          );
        }
        await store.vote(vote);
        lastVote = vote;
      }
      const observations = [onPrimary, ...asked.map(({ seen }) => seen)];
      if (isNewlyOutrun(state, observations)) return;
      const problems = diagnose({
        cluster,
        monitors: context.config.monitors,
        self: monitor.id,
        record: state,
        holderRuns: isUnfinished ? false : null,
        // Others are asked only when it matters.
        votes: standing.verdict === 'dead' ? await store.votes(cluster.id) : null,
        standing,
        write: outcome.write,
        observations,
        identities,
        instances: null,
        route: null,
        nowMs: clock.now(),
      });
      const call = problems.find((problem) => problem.action === 'fail-over');
      if (call !== undefined) await start(state, call.sentence);
      tellProblems(problems);
    },

    async untilNext(atMs) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      await Promise.race([clock.sleep(Math.max(0, atMs - clock.now())), woken]);
      wake = () => {};
    },

    async close() {
      await Promise.all([...readLines.values(), ...writeLines.values()].map((each) => each.close()));
    },
  };
}

type LastSeen = Pick<Vote, 'seenAtMs' | 'identity' | 'semiSync' | 'acknowledging' | 'bootsReadOnly' | 'executed'>;

const NEVER_SEEN: LastSeen = {
  seenAtMs: null,
  identity: null,
  semiSync: null,
  acknowledging: [],
  bootsReadOnly: 'unknown',
  executed: null,
};

function seenOf(
  { atMs, server }: { readonly atMs: number; readonly server: ServerObservation },
  acknowledging: readonly string[],
): LastSeen {
  return {
    seenAtMs: atMs,
    identity: server.identity,
    semiSync: server.semiSyncSource,
    acknowledging,
    bootsReadOnly: server.bootsReadOnly,
    executed: server.executed,
  };
}

/** A vote is written at once when it says something new, in each round while the primary is missed, else now and then. */
function isDue(vote: Vote, before: Vote | null): boolean {
  if (before === null || vote.verdict === 'dead') return true;
  if (vote.verdict !== before.verdict || vote.epoch !== before.epoch || vote.primary !== before.primary) return true;
  return vote.atMs - before.atMs >= VOTE_REPEAT_MS;
}

function lineTo(lines: ReadonlyMap<string, Line>, nodeId: string): Line {
  const line = lines.get(nodeId);
  if (line === undefined) throw new Error(`node ${nodeId} is not in the configuration; deploy the one that has it`);
  return line;
}
