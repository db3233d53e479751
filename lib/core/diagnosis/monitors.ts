/**
 * What may be wrong with those who watch.
 *
 * @module
 */
import type { Ballot, VoidCode } from '../ballot.ts';
import { majorityOf } from '../quorum.ts';
import type { Facts } from './facts.ts';
import type { Condition, Match } from './problem.ts';

/** A condition on the word of each configured monitor. */
function onBallots(when: string, sentenceOf: (ballot: Ballot, id: string, facts: Facts) => string | null): Condition {
  return {
    about: 'monitor',
    when,
    matches: (facts) =>
      (facts.ballots ?? []).flatMap((ballot) => {
        const { id } = ballot.monitor;
        const sentence = sentenceOf(ballot, id, facts);
        return sentence === null ? [] : [{ subject: id, sentence }];
      }),
  };
}

function isVoid(ballot: Ballot, ...codes: readonly VoidCode[]): boolean {
  return !ballot.counts && codes.includes(ballot.code);
}

export const quorumLost: Condition = {
  about: 'cluster',
  when: 'fewer monitors than an agreement needs have a vote that counts and see anybody, and no change is under way',
  matches({ ballots, monitors, cluster, changing }): readonly Match[] {
    // A change has just made the epoch one higher: not everybody has voted under it yet.
    if (ballots === null || changing) return [];
    const able = ballots.filter((ballot) => ballot.counts && ballot.vote.verdict !== 'blind').length;
    const needed = majorityOf(monitors);
    if (able >= needed) return [];
    const sentence = `${able} of ${monitors.length} monitors can judge, and ${needed} are needed: no failover starts by itself`;
    return [{ subject: cluster.id, sentence }];
  },
};

export const monitorSilent = onBallots('it has no vote, or one older than it would ever leave it', (ballot, id) =>
  isVoid(ballot, 'none', 'stale') ? `monitor ${id} is silent: ${ballot.word}` : null,
);

export const monitorOutOfDate = onBallots(
  'its vote is about another primary or an older epoch though no change is under way, or comes from another zone than it is configured in',
  (ballot, id, { changing }) =>
    isVoid(ballot, 'other-zone') || (!changing && isVoid(ballot, 'other-primary', 'older-epoch'))
      ? `monitor ${id} is not up to date: it ${ballot.word}`
      : null,
);

export const clocksApart = onBallots('its vote is further in the future than clocks may differ', (ballot, id) =>
  isVoid(ballot, 'from-the-future') ? `monitor ${id} does not count: ${ballot.word}` : null,
);

export const monitorBlind: Condition = {
  about: 'monitor',
  when: 'it reaches no server at all, or could not even try: the network or the credentials failed, not the primary',
  matches(facts): readonly Match[] {
    const blind = (facts.ballots ?? [])
      .filter((ballot) => ballot.counts && ballot.vote.verdict === 'blind')
      .map((ballot) => ballot.monitor.id);
    const own = facts.self !== null && facts.standing?.verdict === 'blind' ? [facts.self] : [];
    return [...new Set([...blind, ...own])].map((id) => ({
      subject: id,
      sentence: `monitor ${id} sees no server of ${facts.cluster.id}: look at its network, its security group and its secret`,
    }));
  },
};

export const unknownMonitor: Condition = {
  about: 'monitor',
  when: 'it votes, but is not in the configuration: it is of another deployment, or was removed',
  matches: ({ votes, monitors }: Facts): readonly Match[] =>
    [...new Set((votes ?? []).map((vote) => vote.monitor))]
      .filter((id) => monitors.every((monitor) => monitor.id !== id))
      .map((id) => ({ subject: id, sentence: `the vote of ${id} counts for nothing: no such monitor is configured` })),
};
