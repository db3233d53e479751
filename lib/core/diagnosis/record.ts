/**
 * What the record of a cluster says that people should know.
 *
 * @module
 */
import type { ClusterState } from '../state.ts';
import type { Facts } from './facts.ts';
import type { Condition, Match } from './problem.ts';

/** A condition on a record that there is. */
function onRecord(when: string, sentenceOf: (record: ClusterState, facts: Facts) => string | null): Condition {
  return {
    about: 'cluster',
    when,
    matches(facts): readonly Match[] {
      const sentence = facts.record === null ? null : sentenceOf(facts.record, facts);
      return sentence === null ? [] : [{ subject: facts.cluster.id, sentence }];
    },
  };
}

export const recordMissing: Condition = {
  about: 'cluster',
  when: 'there is no record of it, or it could not be read',
  matches: ({ record, cluster }) =>
    record === null
      ? [
          {
            subject: cluster.id,
            sentence: `nothing is known of ${cluster.id}: no record was read, and nothing can start`,
          },
        ]
      : [],
};

export const unknownPrimary = onRecord('its primary is not in the configuration', ({ primary }, facts) =>
  facts.primary === null
    ? `the record names ${primary} as the primary, which is not in the configuration; deploy the one that has it`
    : null,
);

export const halted = onRecord('a change halted', ({ phase, epoch }) =>
  phase === 'halted'
    ? `the change to epoch ${epoch} halted: read its story, see who takes writes, then start a failover with "force": true`
    : null,
);

export const changeUnfinished = onRecord(
  'the execution that holds the lock has ended without closing its change; the monitors have it halted, which tells people',
  ({ phase, holder, epoch }, { holderRuns }) =>
    phase === 'changing' && holderRuns === false
      ? `${holder ?? 'an execution'} ended without closing its change to epoch ${epoch}: redrive it, or look who takes writes`
      : null,
);

export const nomineeLeft = onRecord(
  'a change that did not end well was about to open a server, which may be writable by now',
  ({ nominee }, { changing }) =>
    nominee === null || changing
      ? null
      : `${nominee.nodeId} was about to be opened under epoch ${nominee.epoch} and may take writes: nobody else can be promoted until a person has looked`,
);

export const changing = onRecord('a change is under way', ({ phase, holder, epoch }, { holderRuns }) =>
  phase === 'changing' && holderRuns !== false ? `${holder ?? 'an execution'} makes epoch ${epoch}` : null,
);

export const maintenance = onRecord('it is in maintenance', ({ phase }) =>
  phase === 'maintenance' ? 'in maintenance: no failover starts by itself' : null,
);

export const coolingDown = onRecord('a change was a short time ago', ({ phase, notBeforeMs }, { nowMs }) =>
  phase === 'steady' && nowMs < notBeforeMs
    ? `cooling down: no failover starts by itself for another ${Math.ceil((notBeforeMs - nowMs) / 1_000)} s`
    : null,
);
