import { describe, expect, it } from 'vitest';
import { checkInvariants } from '../../../lab/run/invariants.ts';
import type { RunFacts } from '../../../lab/run/run-facts.ts';
import { replica, seenServer } from '../../core/examples.ts';
import {
  BEFORE,
  facts,
  factsOfNoChange,
  FAULT_AT,
  JOURNAL,
  journalOf,
  NODES,
  started,
  without,
  write,
} from './examples.ts';

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
      'a second promotion',
      facts({ journal: [...JOURNAL, ...journalOf([{ code: 'promoted', candidate: 'db-2', identity: '2' }])] }),
      'more was promoted than one server once: db-2, db-2',
    ],
    ['a change that is not closed', facts({ journal: without('closed') }), 'the change was closed 0 times'],
    [
      'an execution that was refused by something else',
      facts({
        executionsStarted: [started(), started({ arn: 'b', name: 'rival-1', status: 'FAILED', error: 'Halted' })],
      }),
      'rival-1 ended FAILED with Halted; FAILED with ChangeRefused was expected',
    ],
    [
      'an execution that was killed and is not redriven',
      facts({
        executionsStarted: [started({ status: 'ABORTED', error: 'Drill.Killed' })],
        kills: [{ state: 'Open' }],
        repeatsSteps: true,
      }),
      'orders-e5 ended ABORTED with Drill.Killed; SUCCEEDED was expected',
    ],
    [
      'a fault of AWS that befell no call',
      facts({ awsFaults: [{ rule: 'EC2 is out', requests: 0 }] }),
      'no call to AWS was befallen by the rule “EC2 is out”',
    ],
    [
      'a kill that did not come about',
      facts({ killsWanted: { when: 'after', states: new Set(['Fall back to DNS']) } }),
      'nothing was killed: Fall back to DNS was not on the way',
    ],
    [
      'a change that is not over',
      facts({ after: { ...facts().after, phase: 'changing' } }),
      'no failover was completed: db-2 is the primary, phase changing',
    ],
  ])('%s is a violation', (_what, known, sentence) => {
    expect(checkInvariants(known).violations).toEqual([sentence]);
  });

  it('a step that ran twice, because of a kill or a lost answer, may have written the same thing down twice', () => {
    const again = journalOf([{ code: 'promoted', candidate: 'db-2', identity: '2' }]);
    const other = journalOf([{ code: 'promoted', candidate: 'db-3', identity: '3' }]);
    expect(checkInvariants(facts({ repeatsSteps: true, journal: [...JOURNAL, ...again] })).violations).toEqual([]);
    expect(checkInvariants(facts({ repeatsSteps: true, journal: [...JOURNAL, ...other] })).violations).toContain(
      'more was promoted than one server once: db-2, db-3',
    );
  });

  it('whoever was refused because another was first is no violation', () => {
    const refused = started({ arn: 'b', name: 'rival-1', status: 'FAILED', error: 'ChangeRefused' });
    expect(checkInvariants(facts({ executionsStarted: [started(), refused] })).violations).toEqual([]);
  });

  it.each<[string, Partial<RunFacts>, string]>([
    [
      'a workflow, even if it changed nothing',
      { executionsStarted: [started()] },
      'orders-e5 was started, a false alarm',
    ],
    ['a problem of which nobody told', { problemsWanted: ['hung'] }, 'no monitor told of the problem hung'],
    ['a call that IAM denied', { denials: ['no'] }, 'the deployed permissions do not suffice: no'],
    ['what is not well afterwards', { notWellAgain: ['writes do not flow'] }, 'writes do not flow'],
  ])('%s is a violation after a fault that nobody may act on', (_what, changes, sentence) => {
    expect(checkInvariants(factsOfNoChange({ blindMonitors: 0, ...changes })).violations).toContain(sentence);
  });

  describe('of a primary that was restarted', () => {
    const reopened = (changes: Partial<RunFacts> = {}) =>
      facts({
        expected: 'reopened',
        problemsWanted: ['restarted'],
        problemsTold: ['restarted'],
        after: { ...BEFORE, epoch: 5 },
        journal: [
          ...JOURNAL.slice(0, 2),
          ...journalOf([
            { code: 'fence-proven', proof: 'same-server', because: 'it is the same server' },
            { code: 'promoted', candidate: 'db-1', identity: '1' },
            { code: 'route-verified', route: 'vip', address: '10.0.1.100', identity: '1' },
          ]),
        ],
        writes: [write(FAULT_AT - 10), write(FAULT_AT + 3_250)],
        nodes: [seenServer('db-1', { identity: '1', readOnly: false, replica: null }), ...NODES.slice(2)],
        behindVip: '1',
        ...changes,
      });

    it('is as it must be when it takes writes in the next epoch', () => {
      expect(checkInvariants(reopened()).violations).toEqual([]);
    });

    const NOT_REOPENED = 'db-1 was not reopened: db-1 is the primary in epoch';
    it.each<[string, Partial<RunFacts>, string]>([
      ['the old epoch', { after: BEFORE, journal: [] }, `${NOT_REOPENED} 4, phase steady`],
      ['a halt', { after: { ...BEFORE, epoch: 5, phase: 'halted' } }, `${NOT_REOPENED} 5, phase halted`],
      [
        'a stop of its instance',
        { journal: [...JOURNAL.slice(0, 2), ...without('closed').filter(({ code }) => code === 'fence-complete')] },
        'fence-complete was journalled, which reopening db-1 does not need',
      ],
      ['another server behind the VIP', { behindVip: null }, 'the VIP leads to server nobody after the reopening'],
      [
        'no write afterwards',
        { writes: [write(FAULT_AT - 10)] },
        "no client's write was acknowledged after db-1 was reopened",
      ],
    ])('%s is a violation', (_what, changes, sentence) => {
      expect(checkInvariants(reopened(changes)).violations).toContain(sentence);
    });
  });

  it.each<[string, Partial<RunFacts>]>([
    ['another epoch', { after: { ...BEFORE, epoch: 5 } }],
    ['another primary', { after: { ...BEFORE, primary: 'db-2' } }],
  ])('%s is a violation where nothing may change', (_what, changes) => {
    expect(checkInvariants(factsOfNoChange(changes)).violations).toContain('the cluster was changed');
  });
});
