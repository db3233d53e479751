/**
 * Watches one cluster: each tick looks at its servers; votes; diagnoses what was seen; and does what the table of
 * problems says. One monitor alone never starts a failover: that needs the agreement of a majority, and what it starts
 * asks again.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import { diagnose, type Problem } from '../../lib/core/diagnosis/diagnose.ts';
import { CALLS_FOR_CHANGE } from '../../lib/core/observation.ts';
import { judgeRefusal, NOT_REFUSED, type Refusal } from '../../lib/core/refusal.ts';
import { couldBeAcknowledged } from '../../lib/core/remedy.ts';
import { atWorkByVotes, isAtWork, judgeRestart, NEVER_AT_WORK, type RestartFinding } from '../../lib/core/restart.ts';
import { judgeProbe, UNPROBED, type Standing } from '../../lib/core/verdict.ts';
import { census } from './census.ts';
import type { WatchContext } from './context.ts';
import { looker } from './look.ts';
import { problemLog } from './problem-log.ts';
import { knownRecord } from './record.ts';
import { turnsOf } from './spread.ts';
import { starter } from './starter.ts';
import { unfinishedChanges } from './unfinished.ts';
import { voter } from './voter.ts';

export interface Watch {
  /** One round of probes, ended within the timeout and a little. */
  tick(): Promise<void>;
  /** Whether the primary was alive in the last round. */
  readonly isWell: boolean;
  /** Waits until `atMs`, or until a kept connection to the primary ends, which calls for a look at once, or for `close`. */
  untilNext(atMs: number): Promise<'due' | 'called'>;
  close(): Promise<void>;
}

/** How often problems are looked for in a cluster whose primary is alive, in milliseconds; in each round otherwise. */
const DIAGNOSE_EVERY_MS = 5_000;

export function watchCluster(cluster: ClusterConfig, context: WatchContext): Watch {
  const { clock, config, monitor, state: store } = context;
  const { detection } = cluster;
  let wake = () => {};
  let standing: Standing = UNPROBED;
  let refusal: Refusal = NOT_REFUSED;
  let restart: RestartFinding = NEVER_AT_WORK;
  let askedAboutWork = false;
  let problems: readonly Problem[] = [];
  let diagnosedAtMs = -Infinity;
  const isTimeToDiagnose = turnsOf(cluster.id, DIAGNOSE_EVERY_MS);
  const record = knownRecord(cluster, context);
  const eyes = looker(cluster, context, (nodeId) => {
    if (nodeId === record.latest?.primary) wake();
  });
  const unfinished = unfinishedChanges(context.executions, clock);
  const start = starter(context);
  const cast = voter(cluster, context);
  const countVotes = census(cluster, context);
  const tellProblems = problemLog(cluster.id, (text) => context.log(text));

  /** What this invocation was too late to see. Asked once: of a primary that never was at work nobody knows more. */
  const rememberedByOthers = async (primary: string): Promise<RestartFinding> => {
    if (askedAboutWork) return NEVER_AT_WORK;
    const votes = await store.votes(cluster.id);
    askedAboutWork = true;
    return { atWork: atWorkByVotes(votes, primary), restarted: false };
  };

  return {
    async tick() {
      const before = record.latest?.primary;
      const state = await record.current(standing.verdict === 'alive');
      const { primary } = state;
      if (primary !== before) {
        standing = UNPROBED;
        refusal = NOT_REFUSED;
        restart = NEVER_AT_WORK;
        askedAboutWork = false;
        eyes.forget();
      }
      const isUnfinished = await unfinished.isUnfinished(state);
      if (isUnfinished) await start(state, `${state.holder} ended without closing its change`);

      const look = await eyes.look(state);
      const { atMs, write, others } = look;
      const read = look.primary.reachable ? 'ok' : look.primary.failure;
      refusal = judgeRefusal(refusal, { read, write, answeredAtMs: look.primary.atMs });
      if (look.primary.reachable) {
        if (restart.atWork === null && !isAtWork(look.primary.server, cluster))
          restart = await rememberedByOthers(primary);
        restart = judgeRestart(restart, look.primary, cluster);
      }
      const acknowledgeable = couldBeAcknowledged({ ...eyes.lastSeen, witnesses: look.witnesses }, cluster);
      const seesReplicas = others.some((seen) => seen.reachable);
      standing = judgeProbe(
        standing,
        { read, write, seesReplicas, restarted: restart.restarted, acknowledgeable, atMs },
        detection,
      );
      const { verdict, failures, failure, sinceMs, stall } = standing;
      await cast({
        cluster: cluster.id,
        monitor: monitor.id,
        availabilityZone: monitor.availabilityZone,
        epoch: state.epoch,
        primary,
        atMs: clock.now(),
        verdict,
        failures,
        failure,
        sinceMs,
        stalledSinceMs: stall?.sinceMs ?? null,
        refusedForMs: refusal.forMs,
        atWork: restart.atWork,
        ...eyes.lastSeen,
        witnesses: look.witnesses,
      });
      const observations = [look.primary, ...others];
      if (record.isNewlyOutrun(observations)) return;
      const nowMs = clock.now();
      // While all is well, most of what a round costs would be to find that nothing is wrong.
      if (verdict === 'alive' && !isTimeToDiagnose(diagnosedAtMs, nowMs)) {
        context.onSight?.({ cluster: cluster.id, verdict, problems, ...look });
        return;
      }
      diagnosedAtMs = nowMs;
      const view = {
        cluster,
        monitors: config.monitors,
        self: monitor.id,
        record: state,
        holderRuns: isUnfinished ? false : null,
        // Others are asked only when it matters.
        votes: CALLS_FOR_CHANGE.includes(verdict) ? await store.votes(cluster.id) : null,
        standing,
        write,
        observations,
        identities: eyes.identities,
        instances: null,
        route: null,
        nowMs,
      };
      problems = [...diagnose(view), ...countVotes(view)];
      const call = problems.find(({ action }) => action === 'fail-over' || action === 'reopen');
      if (call !== undefined) await start(state, call.sentence);
      tellProblems(problems);
      context.onSight?.({ cluster: cluster.id, verdict, problems, ...look });
    },

    get isWell() {
      return standing.verdict === 'alive';
    },

    async untilNext(atMs) {
      const called = new Promise<'called'>((resolve) => (wake = () => resolve('called')));
      const due = clock.sleep(Math.max(0, atMs - clock.now())).then((): 'due' => 'due');
      const reason = await Promise.race([due, called]);
      wake = () => {};
      return reason;
    },

    close() {
      wake();
      return eyes.close();
    },
  };
}
