import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WriteRecord } from '../../../lab/run/application/protocol.ts';
import { balance, firstOnNewPrimary } from '../../../lab/run/ledger.ts';
import { counterexample } from '../../core/examples.ts';
import { write } from './examples.ts';

const one = (outcome: WriteRecord['outcome']) => [write(1_000, { id: 'w', outcome })];

const anyWrites = fc.array(
  fc.record({
    id: fc.constantFrom('v', 'w', 'x', 'y', 'z'),
    sentAtMs: fc.constant(0),
    doneAtMs: fc.nat(20),
    outcome: fc.constantFrom<WriteRecord['outcome']>('acknowledged', 'refused', 'unknown'),
    server: fc.constantFrom('1', '2', '3'),
  }),
);

describe('the ledger of a run', () => {
  it.each<[string, readonly WriteRecord[], number, Partial<ReturnType<typeof balance>>]>([
    ['acknowledged and there', one('acknowledged'), 1, { acknowledged: 1 }],
    ['acknowledged but missing is lost', one('acknowledged'), 0, { acknowledged: 1, lost: 1 }],
    ['acknowledged and there twice is a duplicate', one('acknowledged'), 2, { acknowledged: 1, duplicate: 1 }],
    ['unknown stays unknown when it is there', one('unknown'), 1, { unknown: 1 }],
    ['unknown and missing is not lost', one('unknown'), 0, { unknown: 1 }],
    ['refused and missing is as it must be', one('refused'), 0, {}],
    ['there twice is a duplicate, whatever the client was told', one('unknown'), 2, { unknown: 1, duplicate: 1 }],
  ])('%s', (_claim, writes, times, expected) => {
    const found = new Map(times === 0 ? [] : [['w', times]]);
    expect(balance(writes, found)).toEqual({ acknowledged: 0, lost: 0, unknown: 0, duplicate: 0, ...expected });
  });

  it('is all zeros when nobody wrote', () => {
    expect(balance([], new Map())).toEqual({ acknowledged: 0, lost: 0, unknown: 0, duplicate: 0 });
  });
});

describe('the first write on the new primary', () => {
  it('is the first that was answered, in whatever order clients report', () => {
    const writes = [write(3_020, { server: '2' }), write(3_010, { server: '2' }), write(3_000)];
    expect(firstOnNewPrimary(writes, '1')).toEqual(writes[1]);
  });

  it.each<[string, Partial<WriteRecord>]>([
    ['the old primary acknowledged', { server: '1' }],
    ['was refused', { server: '2', outcome: 'refused' }],
    ['nobody can tell of', { server: '2', outcome: 'unknown' }],
  ])('is not one that %s', (_what, changes) => {
    expect(firstOnNewPrimary([write(3_000, changes)], '1')).toBeNull();
  });

  it('is null only when none was acknowledged elsewhere, and no other was answered before it', () => {
    const found = counterexample([anyWrites], (writes) => {
      const elsewhere: readonly WriteRecord[] = writes.filter(
        (each) => each.outcome === 'acknowledged' && each.server !== '1',
      );
      const first = firstOnNewPrimary(writes, '1');
      if (first === null) return elsewhere.length === 0;
      return elsewhere.includes(first) && elsewhere.every((each) => each.doneAtMs >= first.doneAtMs);
    });
    expect(found).toBeNull();
  });
});
