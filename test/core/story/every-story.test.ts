import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, lastEvent, type JournalEvent } from '../../../lib/core/journal.ts';
import { tellStory, type Story } from '../../../lib/core/story/tell-story.ts';
import { counterexample } from '../examples.ts';
import { arbitraryJournal } from '../journal/arbitrary-journal.ts';

/** Names of nodes, servers, interfaces, addresses, people and reasons, as the generated journals have them. */
const NAMES = /\b(?:(?:db|srv|i|eni|sg|mon|person|reason|record)-\d+|10\.0\.1\.\d+)\b/g;

/** What may be said only if an event of one of these codes is there. */
const NEEDS: readonly (readonly [RegExp, ...string[]])[] = [
  [/was opened for writes|promoted$|take .* for the primary/, 'promoted'],
  [/about to be opened/, 'settled', 'reopening'],
  [/can't acknowledge writes/, 'fence-proven'],
  [/may still acknowledge/, 'fence-unproven'],
  [/ is stopped/, 'fence-complete'],
  [/was asked to stop/, 'stop-requested'],
  [/leads to server/, 'route-verified'],
  [/ follows db/, 'repointed'],
  [/^failed over|^reopened/, 'closed'],
  [/^stood down/, 'stood-down'],
  [/halted/, 'halted'],
  [/forced it/, 'opened'],
];

const namesIn = (sentence: string) => [...sentence.matchAll(NAMES)].map(([name]) => name);
/** Everything that a story says beside the events themselves. */
const saidBy = (story: Story) => [story.headline, ...story.known.map((claim) => claim.sentence), ...story.advice];
const toldBy = (story: Story) => story.moments.filter((moment) => moment.code !== 'missed');
const codesOf = (events: readonly JournalEvent[]) => new Set<string>(events.map((event) => event.code));

/** The smallest journal of which the story of some prefix does not hold, or null. */
function brokenPrefix(holds: (story: Story, events: readonly JournalEvent[]) => boolean) {
  return counterexample([arbitraryJournal], (journal) =>
    journal.every((_, index) => {
      const events = journal.slice(0, index + 1);
      const story = tellStory(events);
      return story !== null && holds(story, events);
    }),
  );
}

describe('[invariant 8] the story of any journal, cut off after any event,', () => {
  it('tells every event once, in order', () => {
    const wrong = brokenPrefix((story, events) => {
      const told = toldBy(story).map((moment) => moment.code);
      return (
        told.join() ===
        inOrder(events)
          .map((event) => event.code)
          .join()
      );
    });
    expect(wrong).toBeNull();
  });

  it('tells the misses that the last confirmation rests on, and no others', () => {
    const wrong = brokenPrefix((story, events) => {
      const votes = lastEvent(inOrder(events), 'confirmed')?.votes ?? [];
      const missing = votes.filter(
        ({ verdict, sinceMs, stalledSinceMs }) =>
          (verdict === 'dead' && sinceMs !== null) || (verdict === 'stalled' && typeof stalledSinceMs === 'number'),
      );
      return story.moments.length - toldBy(story).length === missing.length;
    });
    expect(wrong).toBeNull();
  });

  it('goes forward in time from its beginning', () => {
    const wrong = brokenPrefix(({ moments, startedAtMs }) =>
      moments.every(({ atMs, offsetMs }, index) => {
        const before = moments[index - 1]?.offsetMs ?? 0;
        return offsetMs !== null && offsetMs >= before && atMs === (startedAtMs ?? 0) + offsetMs;
      }),
    );
    expect(wrong).toBeNull();
  });

  it('names nobody and nothing that no event names', () => {
    const wrong = brokenPrefix((story, events) => {
      const names = new Set(namesIn(JSON.stringify(events)));
      const sentences = [...saidBy(story), ...story.moments.map((moment) => moment.sentence)];
      return sentences.flatMap(namesIn).every((name) => names.has(name));
    });
    expect(wrong).toBeNull();
  });

  it('rests every claim on events that are there, and on their words', () => {
    const wrong = brokenPrefix((story, events) =>
      story.known.every(({ sentence, from }) => {
        const words = events.filter((event) => from.includes(event.code));
        // Who is replaced is said once, when the change is opened.
        const names = new Set([...namesIn(JSON.stringify(words)), story.oldPrimary]);
        const there = from.length > 0 && from.every((code) => codesOf(events).has(code));
        return there && namesIn(sentence).every((name) => names.has(name));
      }),
    );
    expect(wrong).toBeNull();
  });

  it('says of nothing that it was done, proven or ended, unless an event says so', () => {
    const wrong = brokenPrefix((story, events) => {
      const codes = codesOf(events);
      const backed = saidBy(story).every((said) =>
        NEEDS.every(([claim, ...needed]) => !claim.test(said) || needed.some((code) => codes.has(code))),
      );
      return (
        backed &&
        (codes.has('promoted') || story.newPrimary === null) &&
        (codes.has('closed') || story.outageMs === null)
      );
    });
    expect(wrong).toBeNull();
  });

  it('leaves a person without advice only when it ended by itself', () => {
    const wrong = brokenPrefix(
      ({ ending, advice }) => ending === 'failed-over' || ending === 'stood-down' || advice.length > 0,
    );
    expect(wrong).toBeNull();
  });

  it('is the same in whatever order the events are given', () => {
    const wrong = counterexample([arbitraryJournal], (journal) => {
      const apart = journal.map((event, index) => ({ ...event, atMs: event.atMs + index }));
      return JSON.stringify(tellStory(apart.toReversed())) === JSON.stringify(tellStory(apart));
    });
    expect(wrong).toBeNull();
  });

  it('stays what it is when some of it was written by another version, and shows that', () => {
    const strange = fc.array(fc.anything(), { maxLength: 4 });
    const wrong = counterexample([arbitraryJournal, strange], (journal, others) => {
      const [alone, mixed] = [tellStory(journal), tellStory([...others, ...journal])];
      const unreadable = mixed?.moments.filter((moment) => moment.weight === 'unreadable').length;
      return unreadable === others.length && JSON.stringify(mixed?.known) === JSON.stringify(alone?.known);
    });
    expect(wrong).toBeNull();
  });
});
