import { describe, expect, it } from 'vitest';
import { witnesses } from '../../../lambdas/monitor/witnesses.ts';
import { missing, NOW, seen, seenServer } from '../../core/examples.ts';

describe('what a monitor remembers of a replica', () => {
  const at = (ms: number, changes: Parameters<typeof seen>[1] = {}) => ({
    ...seen('db-2', { receiver: 'receiving', ...changes }),
    atMs: NOW + ms,
  });

  it('is not how long it has been silent at the first look', () => {
    expect(witnesses().witnessOf(at(0))).toEqual({
      nodeId: 'db-2',
      reachable: true,
      receiver: 'receiving',
      silentMs: null,
      received: '0-1-100',
      heartbeats: 7,
    });
  });

  it('is since when it received nothing, not even a heartbeat', () => {
    const its = witnesses();
    const silences = [at(0), at(1_000), at(2_000, { heartbeats: 8 }), at(3_500, { heartbeats: 8 })].map(
      (look) => its.witnessOf(look).silentMs,
    );
    expect(silences).toEqual([null, 1_000, 0, 1_500]);
  });

  it('outlives a look without an answer', () => {
    const its = witnesses();
    its.witnessOf(at(0));
    expect(its.witnessOf(missing('db-2'))).toMatchObject({ reachable: false, receiver: null, silentMs: null });
    expect(its.witnessOf(at(2_000)).silentMs).toBe(2_000);
  });

  it('begins anew with another primary', () => {
    const its = witnesses();
    its.witnessOf(at(0));
    its.forget();
    expect(its.witnessOf(at(2_000)).silentMs).toBeNull();
  });

  it('says nothing of a server that is no replica', () => {
    expect(witnesses().witnessOf(seenServer('db-2', { replica: null }))).toMatchObject({
      reachable: true,
      receiver: null,
    });
  });

  it('is who acknowledged at the last look', () => {
    const its = witnesses();
    its.witnessOf(seen('db-3', { receiver: 'receiving' }));
    its.witnessOf(at(0));
    expect(its.acknowledging()).toEqual(['db-2', 'db-3']);
    its.witnessOf(at(1, { receiver: 'connecting' }));
    its.witnessOf(seen('db-3', { receiver: 'receiving', semiSync: false }));
    expect(its.acknowledging()).toEqual([]);
  });
});
