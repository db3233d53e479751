/**
 * What keeps a server from being asked at all, although somebody may well be there: none of it is a death, and each has
 * another remedy.
 *
 * @module
 */
import type { NodeConfig } from '../config.ts';
import type { Failure } from '../observation.ts';
import type { Facts } from './facts.ts';
import type { Condition, Match } from './problem.ts';

/** Every node that could not be read, or as the primary not be written, for this reason; with what was told of it. */
export function onFailure(
  failure: Failure,
  facts: Facts,
  sentenceOf: (node: NodeConfig, detail: string) => string,
): readonly Match[] {
  const nodes = facts.primary === null ? facts.others : [facts.primary, ...facts.others];
  return nodes.flatMap((node) => {
    const sight = facts.sightOf(node);
    const isRead = sight.kind === 'missed' && sight.failure === failure;
    const isWritten = node === facts.primary && facts.write === failure;
    const detail = isRead ? sight.detail : 'a write was tried';
    return isRead || isWritten ? [{ subject: node.id, sentence: sentenceOf(node, detail) }] : [];
  });
}

export const accountRefused: Condition = {
  about: 'node',
  when: 'it refuses the account of the monitors',
  matches: (facts) =>
    onFailure(
      'denied',
      facts,
      ({ id }) => `${id} refuses the account of secret ${facts.cluster.secrets.monitor}: correct it, or its privileges`,
    ),
};

export const untrusted: Condition = {
  about: 'node',
  when: 'its certificate can not be believed, or it speaks no TLS, so nothing is asked of it',
  matches: (facts) =>
    onFailure(
      'untrusted',
      facts,
      ({ id }, detail) => `${id} does not prove who it is, so nothing is asked of it: ${detail}`,
    ),
};

export const hostUnresolvable: Condition = {
  about: 'node',
  when: 'the name of its host resolves to no address, which says nothing of the server',
  matches: (facts) =>
    onFailure('unresolvable', facts, ({ id, host, address }) => {
      const name = host ?? address;
      return `${name}, the host of ${id}, resolves to no address: correct host, or what the resolver of the VPC knows of it`;
    }),
};
