import { describe, expect, it } from 'vitest';
import { checkInvariants, type RunFacts } from '../../../lab/run/invariants.ts';
import { replica, seenServer } from '../../core/examples.ts';
import { BEFORE, facts, factsOfNoChange, FAULT_AT, NODES, without, write } from './examples.ts';

describe('what a scenario must lead to, besides the invariants', () => {
  const following = (changes: Parameters<typeof replica>[0]) => ({
    nodes: [
      ...NODES.slice(0, 2),
      seenServer('db-3', {
        identity: '3',
        replica: replica({ sourceHost: '10.0.1.12', receiver: 'receiving', ...changes }),
      }),
    ],
  });
  const NOT_FOLLOWING = 'db-3 does not replicate from db-2';
  it.each<[string, RunFacts, string]>([
    ['another route', facts({ expectedRoute: 'dns' }), 'clients are led by vip, dns was expected'],
    ['an old primary that lives on', facts({ journal: without('fence-complete') }), 'db-1 was not stopped in time'],
    [
      'no write on the new primary',
      facts({ writes: [write(FAULT_AT - 10), write(FAULT_AT + 3_250, { server: '2', outcome: 'unknown' })] }),
      "no client's write was acknowledged by db-2",
    ],
    ['a third server that follows the old primary', facts(following({ sourceHost: '10.0.1.11' })), NOT_FOLLOWING],
    ['a third server that does not hear it', facts(following({ receiver: 'connecting' })), NOT_FOLLOWING],
    ['a third server that does not apply', facts(following({ applier: 'stopped' })), NOT_FOLLOWING],
    [
      'a third server that follows nobody',
      facts({ nodes: [...NODES.slice(0, 2), seenServer('db-3', { identity: '3', replica: null })] }),
      NOT_FOLLOWING,
    ],
    [
      'a third server that is gone',
      facts({ nodes: [...NODES.slice(0, 2), { ...NODES[0]!, nodeId: 'db-3' }] }),
      NOT_FOLLOWING,
    ],
    [
      'writes that are there twice',
      facts({ ledger: { acknowledged: 2, lost: 0, unknown: 0, duplicate: 1 } }),
      '1 writes are there more than once',
    ],
    [
      'a change that is not over',
      facts({ after: { ...facts().after, phase: 'changing' } }),
      'no failover was completed: db-2 is the primary, phase changing',
    ],
  ])('%s is a violation', (_what, known, sentence) => {
    expect(checkInvariants(known).violations).toEqual([sentence]);
  });

  it.each<[string, Partial<RunFacts>]>([
    ['another epoch', { after: { ...BEFORE, epoch: 5 } }],
    ['another primary', { after: { ...BEFORE, primary: 'db-2' } }],
  ])('%s is a violation where nothing may change', (_what, changes) => {
    expect(checkInvariants(factsOfNoChange(changes)).violations).toContain('the cluster was changed');
  });
});
