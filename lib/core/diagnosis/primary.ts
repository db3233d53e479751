/**
 * What may be wrong with the primary.
 *
 * @module
 */
import { isStopped } from '../proofs.ts';
import { automaticStart } from '../state.ts';
import type { NodeConfig } from '../config.ts';
import type { ServerObservation } from '../observation.ts';
import type { Loss } from '../quorum.ts';
import type { Facts } from './facts.ts';
import type { Condition, Match } from './problem.ts';

/** A condition on a primary that the configuration has, while no change is under way. */
function onPrimary(when: string, sentenceOf: (facts: Facts, primary: NodeConfig) => string | null): Condition {
  return {
    about: 'primary',
    when,
    matches(facts) {
      const { primary, changing } = facts;
      const sentence = primary === null || changing ? null : sentenceOf(facts, primary);
      return sentence === null || primary === null ? [] : [{ subject: primary.id, sentence }];
    },
  };
}

/** A condition on a primary that answered. */
function onSeenPrimary(
  when: string,
  sentenceOf: (server: ServerObservation, primary: NodeConfig, facts: Facts) => string | null,
): Condition {
  return onPrimary(when, (facts, primary) =>
    facts.seenPrimary === null ? null : sentenceOf(facts.seenPrimary.server, primary, facts),
  );
}

/** How a loss is told, and what would have started by itself. */
const LOSSES: Readonly<Record<Loss, { readonly when: string; readonly is: string; readonly change: string }>> = {
  dead: { when: 'it is gone', is: 'is dead', change: 'failover' },
  stalled: {
    when: 'it answers but has taken no write for `detection.writeDeadlineSeconds`, while replicas could acknowledge',
    is: 'is stalled',
    change: 'failover',
  },
  restarted: {
    when: 'its server was started again and is read-only, or not bound by semi-sync',
    is: 'was restarted',
    change: 'change',
  },
};

/** The monitors agree on a loss, and something follows by itself. */
function lost(loss: Loss): Condition {
  const { when, is } = LOSSES[loss];
  return onPrimary(
    `the monitors agree that ${when}, and nothing forbids a change to start by itself`,
    ({ record, agreement, nowMs }, { id }) =>
      record !== null && agreement?.agreed === true && agreement.loss === loss && automaticStart(record, nowMs).may
        ? `${id} ${is}: ${agreement.because}`
        : null,
  );
}

/** The monitors agree on a loss, and nothing may follow by itself. */
function lostButHeld(loss: Loss): Condition {
  const { when, is, change } = LOSSES[loss];
  return onPrimary(
    `the monitors agree that ${when}, but a halt, maintenance or the cooldown forbids a change to start by itself`,
    ({ record, agreement, nowMs }, { id }) => {
      if (record === null || agreement?.agreed !== true || agreement.loss !== loss) return null;
      const start = automaticStart(record, nowMs);
      return start.may
        ? null
        : `${id} ${is} (${agreement.because}), but no ${change} starts by itself: ${start.because}`;
    },
  );
}

export const dead = lost('dead');
export const deadButHeld = lostButHeld('dead');
export const stalled = lost('stalled');
export const stalledButHeld = lostButHeld('stalled');
export const restarted = lost('restarted');
export const restartedButHeld = lostButHeld('restarted');

export const lossLeftAlone = onPrimary(
  'the monitors agree that it is stalled or was restarted, and the policy wants no change, or another primary would fare no better',
  ({ agreement }, { id }) =>
    agreement?.agreed === false && (agreement.code === 'policy' || agreement.code === 'no-remedy')
      ? `${id} is left alone: ${agreement.because}`
      : null,
);

export const missed = onPrimary(
  'it gave the looker, or a monitor, no sign of life, but the monitors do not agree, or were not asked yet',
  (facts, { id }) => {
    if (facts.agreement?.agreed === true || seenAliveByOthers(facts)) return null;
    const own = ownMiss(facts);
    const voters = (facts.ballots ?? []).filter((each) => each.counts && each.vote.verdict === 'dead');
    if (own === null && voters.length === 0) return null;
    const why = facts.agreement === null ? 'the others were not asked' : facts.agreement.because;
    return `${id} is missed${own === null ? '' : ` (${own})`}: ${why}`;
  },
);

export const unreachableFromHere = onPrimary(
  'it gives the looker no sign of life, and another monitor sees it alive',
  (facts, { id }) => {
    const own = ownMiss(facts);
    return own !== null && facts.agreement?.agreed !== true && seenAliveByOthers(facts)
      ? `${id} can't be reached from here (${own}), but another monitor sees it alive: look at the network`
      : null;
  },
);

/** How often and why the looker missed the primary, or null when it did not. */
function ownMiss({ standing }: Facts): string | null {
  if (standing === null || standing.failures === 0) return null;
  return `${standing.failures} ${standing.failures === 1 ? 'probe' : 'probes'} running, ${standing.failure ?? 'no answer'}`;
}

function seenAliveByOthers({ ballots, self }: Facts): boolean {
  return (ballots ?? []).some(
    (ballot) => ballot.monitor.id !== self && ballot.counts && ballot.vote.verdict === 'alive',
  );
}

export const hung = onPrimary('its port accepts a new connection, and then nothing comes', (facts, primary) => {
  const sight = facts.sightOf(primary);
  return sight.kind === 'missed' && (sight.failure === 'unanswered' || facts.write === 'unanswered')
    ? `${primary.id} accepts connections and answers none: its process or its disk hangs`
    : null;
});

export const stalledWrites = onSeenPrimary('it answers, but a write does not end in time', (_, { id }, { write }) =>
  write === 'timeout' || write === 'unanswered'
    ? `${id} answers, but a write to it does not end: no replica acknowledges, or its disk stalls; another primary might fare no better`
    : null,
);

export const diskFull = onPrimary('it answers a write by saying that there is no room', ({ write }, { id }) =>
  write === 'full' ? `${id} has no room for a write: free or add disk space` : null,
);

export const writesRefused = onPrimary(
  'it answers a write with another error, and is not read-only',
  (facts, { id }) =>
    facts.write === 'sql' && facts.seenPrimary?.server.readOnly !== true
      ? `${id} refuses to write the heartbeat: the table failover.heartbeat may be missing or not as it should be`
      : null,
);

export const notWritable = onSeenPrimary('it is read-only', ({ readOnly }, { id }) =>
  readOnly ? `${id} is the primary, but it is read-only: make it writable, or fail over` : null,
);

export const connectionsExhausted = onPrimary('it has no connection left', (facts, primary) => {
  const sight = facts.sightOf(primary);
  return facts.write === 'exhausted' || (sight.kind === 'missed' && sight.failure === 'exhausted')
    ? `${primary.id} has no connection left: raise max_connections, or find out who holds them`
    : null;
});

export const statusUnreadable = onPrimary('it takes writes, but its status can not be read', (facts, primary) => {
  const sight = facts.sightOf(primary);
  return facts.write === 'ok' && sight.kind === 'missed'
    ? `${primary.id} takes writes, but its status can't be read (${sight.failure})`
    : null;
});

export const primaryInstanceStopped = onPrimary(
  'EC2 says that its instance is stopped or terminated',
  (facts, primary) => {
    const code = facts.instances?.[primary.id];
    return code !== undefined && isStopped(code)
      ? `EC2 says that ${primary.instanceId}, the instance of ${primary.id}, is stopped (state code ${code}): start a failover if it will not come back`
      : null;
  },
);

export const primaryReplicates = onSeenPrimary('it replicates from somebody', ({ replica }, { id }) =>
  replica === null
    ? null
    : `${id} is the primary, but it replicates from ${replica.sourceHost}:${replica.sourcePort}: what that one writes gets into the cluster`,
);

export const routeDrifted: Condition = {
  about: 'cluster',
  when: 'the VIP is not at the primary, or the DNS record does not hold what it should',
  matches({ cluster, primary, record, changing, route }): readonly Match[] {
    if (route === null || record === null || primary === null || changing) return [];
    const { recordName } = cluster.dns;
    const target = record.route === 'vip' ? cluster.route.address : primary.address;
    if (record.route === 'vip' && route.addressAt !== primary.id) {
      const at = route.addressAt ?? 'nobody';
      return [{ subject: cluster.id, sentence: `${cluster.route.address} is at ${at}, not at ${primary.id}` }];
    }
    if (route.recordHolds === target) return [];
    return [{ subject: cluster.id, sentence: `${recordName} holds ${route.recordHolds ?? 'nothing'}, not ${target}` }];
  },
};
