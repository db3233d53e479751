import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JOURNAL_CODES } from '../../../lib/core/journal/codes.ts';
import { readJournal, sentenceOf } from '../../../lib/core/journal/read.ts';
import { journalRegistry } from '../../../lib/core/journal/registry.ts';
import { inOrder, type JournalEvent } from '../../../lib/core/journal.ts';
import { workflowDefinition } from '../../../lib/constructs/workflow/definition.ts';
import { counterexample, NOW } from '../examples.ts';
import { arbitraryJournal } from './arbitrary-journal.ts';

const STAMP = { cluster: 'orders', epoch: 2, execution: 'orders-e2', atMs: NOW };
const exampleOf = (code: (typeof JOURNAL_CODES)[number]) =>
  ({ ...STAMP, ...journalRegistry[code].example, code }) as JournalEvent;
const EXAMPLES = JOURNAL_CODES.map((code) => [code, exampleOf(code)] as const);

describe('the registry of events', () => {
  it('defines every code that has a place in the order, and no other', () => {
    expect(Object.keys(journalRegistry).toSorted()).toEqual(JOURNAL_CODES.toSorted());
  });

  it.each(EXAMPLES)('%s has an example that reads as an event of its code', (code, event) => {
    expect(readJournal([event])).toEqual([{ readable: true, atMs: NOW, code, event }]);
  });

  it.each(EXAMPLES)('%s has a sentence without a period, and describes each of its fields', (code, event) => {
    expect(sentenceOf(event)).toMatch(/^\S.*[^.\s]$/);
    expect(sentenceOf(event)).not.toMatch(/undefined|null|NaN|\[object/);
    for (const [name, field] of Object.entries(journalRegistry[code].fields.shape)) {
      expect(field.description, `${code}.${name}`).toMatch(/\.$/);
    }
  });

  it.each(EXAMPLES)('%s is written by states that the workflow has', (code) => {
    const arn = 'arn:aws:lambda:eu-central-1:111111111111:function:f';
    const definition = JSON.stringify(
      workflowDefinition({ databaseFunction: arn, networkFunction: arn, fenceFunction: arn }),
    );
    for (const state of journalRegistry[code].writtenBy) expect(definition).toContain(`"${state}":{`);
  });
});

describe('events in order', () => {
  it('of the same millisecond are as one follows from another, whatever the alphabet says', () => {
    const codes = ['promoted', 'closed', 'settled', 'fence-proven', 'fence-evidence', 'opened'];
    expect(inOrder(codes.map((code) => ({ code, atMs: NOW }))).map((each) => each.code)).toEqual([
      'opened',
      'fence-evidence',
      'fence-proven',
      'settled',
      'promoted',
      'closed',
    ]);
  });

  it('of different times are by time, whatever follows from what', () => {
    const events = [
      { code: 'opened', atMs: NOW + 1 },
      { code: 'halted', atMs: NOW },
    ];
    expect(inOrder(events).map((each) => each.code)).toEqual(['halted', 'opened']);
  });

  it('of codes that this version does not know come last in their millisecond, as they were given', () => {
    const events = ['warp-b', 'warp-a', 'halted', 'opened'].map((code) => ({ code, atMs: NOW }));
    expect(inOrder(events).map((each) => each.code)).toEqual(['opened', 'halted', 'warp-b', 'warp-a']);
  });

  it('are the same events, and in the same order when ordered again', () => {
    const wrong = counterexample([arbitraryJournal], (journal) => {
      const ordered = inOrder(journal);
      const same = ordered.length === journal.length && journal.every((event) => ordered.includes(event));
      return same && inOrder(ordered).every((event, index) => event === ordered[index]);
    });
    expect(wrong).toBeNull();
  });
});

describe('[invariant 8] a stored journal', () => {
  it('can be read whatever it holds, and nothing of it is left out', () => {
    const anything = fc.array(
      fc.oneof(
        fc.anything(),
        arbitraryJournal.map((each) => each[0]),
      ),
    );
    expect(counterexample([anything], (stored) => readJournal(stored).length === stored.length)).toBeNull();
  });

  it('can be read and told when any part of any event is damaged', () => {
    const wrong = counterexample([arbitraryJournal, fc.anything(), fc.nat()], (journal, damage, place) =>
      readJournal(journal.map((event) => damagedAt(event, place, damage))).every(
        (entry) => (entry.readable ? sentenceOf(entry.event) : entry.sentence) !== '',
      ),
    );
    expect(wrong).toBeNull();
  });

  it.each<[string, unknown, string]>([
    ['a code that this version does not know', { ...STAMP, code: 'rebuilt' }, 'an event of a newer version: rebuilt'],
    ['no code', STAMP, 'an event of a newer version: it has no code'],
    ['no event at all', 'lost', 'an event of a newer version: it has no code'],
    [
      'a field that is missing',
      { ...STAMP, code: 'promoted', candidate: 'db-2' },
      "an event of another version: promoted, whose field identity can't be read",
    ],
    [
      'a field of another type',
      { ...exampleOf('address-moved'), tookMs: '40 ms' },
      "an event of another version: address-moved, whose field tookMs can't be read",
    ],
    [
      'no time',
      { ...exampleOf('promoted'), atMs: undefined },
      "an event of another version: promoted, whose field atMs can't be read",
    ],
  ])('with %s says so', (_what, stored, sentence) => {
    expect(readJournal([stored])).toEqual([expect.objectContaining({ readable: false, sentence })]);
  });

  it('keeps the place of what it can not read, and puts what has no time last', () => {
    const stored = [{ code: 'rebuilt' }, { ...STAMP, code: 'rebuilt', atMs: NOW + 1 }, exampleOf('opened')];
    expect(readJournal(stored).map((entry) => entry.atMs)).toEqual([NOW, NOW + 1, Number.POSITIVE_INFINITY]);
  });

  it('with fields that a newer version added is read by those that are known', () => {
    const event = { ...exampleOf('promoted'), durationMs: 12 };
    expect(readJournal([event])).toEqual([{ readable: true, atMs: NOW, code: 'promoted', event }]);
  });

  it('tells evidence of a kind that has no sentence as it is', () => {
    const event = { ...STAMP, code: 'fence-evidence', evidence: { kind: 'unplugged', by: 'kim' } };
    expect(readJournal([event])).toEqual([expect.objectContaining({ readable: true })]);
    expect(sentenceOf(event as unknown as JournalEvent)).toBe('evidence unplugged: {"kind":"unplugged","by":"kim"}');
  });
});

/** The same value with one part of it, at any depth, replaced. */
function damagedAt(value: unknown, place: number, damage: unknown): unknown {
  if (typeof value !== 'object' || value === null) return damage;
  const entries = Object.entries(value);
  const at = entries.length === 0 ? -1 : place % entries.length;
  const damaged = entries.map(([key, each], index) => [
    key,
    index === at ? damagedAt(each, Math.floor(place / entries.length), damage) : each,
  ]);
  return Array.isArray(value) ? damaged.map(([, each]) => each) : Object.fromEntries(damaged);
}
