/**
 * What may be wrong with any server, or with several of them together.
 *
 * @module
 */
import { knownToBootReadOnly } from '../boots-read-only.ts';
import { isNewerSeries } from '../election/release-series.ts';
import { positionsOf } from '../gtid/position.ts';
import { onFailure } from './access.ts';
import type { Facts, SeenNode } from './facts.ts';
import type { Condition, Match } from './problem.ts';

/** Every server that was seen, by name. */
function seenOf({ seenPrimary, seenOthers }: Facts): readonly SeenNode[] {
  return seenPrimary === null ? seenOthers : [seenPrimary, ...seenOthers];
}

function onServers(when: string, sentenceOf: (seen: SeenNode, facts: Facts) => string | null): Condition {
  return {
    about: 'node',
    when,
    matches: (facts) =>
      seenOf(facts).flatMap((seen) => {
        const sentence = sentenceOf(seen, facts);
        return sentence === null ? [] : [{ subject: seen.node.id, sentence }];
      }),
  };
}

function onCluster(when: string, sentenceOf: (facts: Facts) => string | null): Condition {
  return {
    about: 'cluster',
    when,
    matches(facts): readonly Match[] {
      const sentence = sentenceOf(facts);
      return sentence === null ? [] : [{ subject: facts.cluster.id, sentence }];
    },
  };
}

const names = (seen: readonly SeenNode[]) => seen.map(({ node }) => node.id).join(' and ');

function writableOf(facts: Facts): readonly SeenNode[] {
  return seenOf(facts).filter(({ server }) => !server.readOnly);
}

export const twoWritable = onCluster('two or more servers take writes', (facts) => {
  const writable = writableOf(facts);
  return writable.length < 2
    ? null
    : `${names(writable)} all take writes: make all but the one that clients are led to read-only, and compare what they have`;
});

export const otherWritable = onCluster(
  'another server than the primary takes writes, and the primary is not seen to',
  (facts) => {
    const { record, changing } = facts;
    const [only, ...more] = writableOf(facts);
    if (only === undefined || more.length > 0 || only === facts.seenPrimary || record === null) return null;
    // A change opens the new primary before the record says so.
    if (changing && record.nominee?.nodeId === only.node.id) return null;
    return `${only.node.id} takes writes, but the primary is ${record.primary}`;
  },
);

export const sameServer = onCluster('two nodes are one server by its identity', (facts) => {
  const seen = seenOf(facts);
  const twice = seen.find(
    ({ server }, index) => seen.findIndex((each) => each.server.identity === server.identity) < index,
  );
  if (twice === undefined) return null;
  const { identity } = twice.server;
  const same = seen.filter(({ server }) => server.identity === identity);
  return `${names(same)} both answer as server ${identity}: give each a server_id (MySQL: a server_uuid) of its own, or correct their addresses`;
});

const takenForAnother = onServers('', ({ node, server }, { identities, ballots, primary }) => {
  const voted = node === primary ? (ballots ?? []) : [];
  const before = [identities[node.id], ...voted.map((ballot) => (ballot.counts ? ballot.vote.identity : null))].find(
    (identity) => identity !== undefined && identity !== null && identity !== server.identity,
  );
  return before === undefined
    ? null
    : `server ${server.identity} answers at ${node.id}, where server ${before} was: find out whether it was rebuilt`;
});

/** Who is configured with an identity is not taken for seen when another answers; who is not, is compared with before. */
export const otherServer: Condition = {
  about: 'node',
  when: 'another server answers than the one of the configured `identity`, or than the one that the looker, or a vote on the primary, saw there before',
  matches: (facts) => [
    ...onFailure('other-server', facts, (node, detail) => `another server answers at ${node.id}: ${detail}`),
    ...takenForAnother.matches(facts),
  ],
};

export const epochAhead = onServers(
  'its newest epoch is higher than the one of the record; a lower one is what a change leaves that stood down',
  ({ node, server }, { record }) =>
    record === null || server.epoch <= record.epoch
      ? null
      : `${node.id} has epoch ${server.epoch}, but the record says ${record.epoch}: the record was lost or restored, or another deployment changed the cluster`,
);

export const maybeBootsWritable = onServers(
  'it is not known to come up read-only after a restart, by itself, the record, or `bootsReadOnly`',
  ({ node, server }, { cluster, record, primary }) => {
    const known = knownToBootReadOnly({
      seen: server.bootsReadOnly,
      recorded: node === primary && record !== null ? record.bootsReadOnly : 'unknown',
      declared: cluster.bootsReadOnly,
    });
    if (known === true) return null;
    const what = known === false ? 'comes up writable' : 'is not known to come up read-only';
    return `${node.id} ${what} after a restart: configure read_only (MySQL: super_read_only), or its death is proven by EC2 alone`;
  },
);

export const versionsApart = onServers(
  'its release series is older than the one of the primary, so it may not be able to follow it',
  ({ node, server }, { seenPrimary }) => {
    if (seenPrimary === null || node === seenPrimary.node) return null;
    const [own, source] = [server.version, seenPrimary.server.version];
    return isNewerSeries(source, own)
      ? `${node.id} runs ${own}, older than ${source} of ${seenPrimary.node.id}: upgrade replicas first`
      : null;
  },
);

export const positionUnreadable = onServers(
  'its position is no GTID text that this version can read',
  ({ node, server }, { cluster }) => {
    const positions = positionsOf(cluster.engine);
    const bad = [server.executed, server.replica?.received ?? ''].find((text) => !positions.isValid(text));
    return bad === undefined ? null : `${node.id} gives a position that can't be read: ${JSON.stringify(bad)}`;
  },
);

export const observationMissing: Condition = {
  about: 'node',
  when: 'it was not looked at, although others were',
  matches: (facts) =>
    facts.cluster.nodes.flatMap((node) =>
      facts.observations !== null && facts.sightOf(node).kind === 'unseen'
        ? [{ subject: node.id, sentence: `${node.id} was not looked at` }]
        : [],
    ),
};

export const observationStale: Condition = {
  about: 'node',
  when: 'it was looked at too long ago to say anything of now, or by a clock that went back',
  matches: (facts) =>
    facts.cluster.nodes.flatMap((node) => {
      const sight = facts.sightOf(node);
      return sight.kind === 'stale'
        ? [{ subject: node.id, sentence: `${node.id} was looked at ${sight.ageMs} ms ago, which says nothing of now` }]
        : [];
    }),
};
