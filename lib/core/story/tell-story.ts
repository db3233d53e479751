/**
 * A change, told from its journal alone (invariant 8): whole, broken off anywhere, or written by another version. It says
 * what the events say and claims nothing beyond; each claim names the events that it rests on.
 *
 * @module
 */
import { lastEvent, type JournalEvent } from '../journal.ts';
import type { Weight } from '../journal/event-definition.ts';
import { readJournal, sentenceOf, type JournalEntry } from '../journal/read.ts';
import { journalRegistry } from '../journal/registry.ts';
import { firstMisses } from '../story.ts';
import { adviceOf } from './advice.ts';
import { claimsOf, type Claim } from './claims.ts';
import { endingOf, headlineOf, type Ending } from './ending.ts';

/** One line of the timeline. */
export interface Moment {
  /** In epoch milliseconds; null when it can't be read. */
  readonly atMs: number | null;
  /** Since the beginning of the story, in milliseconds; null likewise. */
  readonly offsetMs: number | null;
  /** The event's; `missed` for a probe that a vote tells of. */
  readonly code: string;
  readonly weight: Weight | 'unreadable';
  /** Without a period at its end. */
  readonly sentence: string;
}

export interface Story {
  /** Null, as the epoch, when no event can be read. */
  readonly cluster: string | null;
  /** The epoch that the change makes. */
  readonly epoch: number | null;
  /** Who carried it out; more than one only if invariant 2 was broken. */
  readonly executions: readonly string[];
  readonly headline: string;
  readonly ending: Ending['kind'];
  readonly oldPrimary: string | null;
  /** Null unless the journal says that somebody was promoted. */
  readonly newPrimary: string | null;
  /** The first probe that was missed, if a vote tells of it, else the first event, in epoch milliseconds. */
  readonly startedAtMs: number | null;
  readonly startedWith: 'the first missed probe' | 'the first event';
  /** From there to the event that ended the change, in milliseconds; null when none did. */
  readonly tookMs: number | null;
  /** How long clients had no primary, in milliseconds, as it was reported at the end; null when it was not. */
  readonly outageMs: number | null;
  /** By time; what has none comes last. */
  readonly moments: readonly Moment[];
  /** What is known at the end. */
  readonly known: readonly Claim[];
  /** What a person must do, in this order; empty when nothing is left to do. */
  readonly advice: readonly string[];
}

/** The story of one change from its stored journal, whatever its order; null when there is no event at all. */
export function tellStory(stored: readonly unknown[]): Story | null {
  if (stored.length === 0) return null;
  const entries = readJournal(stored);
  const events = entries.flatMap((entry) => (entry.readable ? [entry.event] : []));
  const moments = byTime([...missesOf(events), ...entries.map(momentOf)]);
  const ending = endingOf(events);
  const startedAtMs = moments[0]?.atMs ?? null;
  const endedAtMs = ending.event?.atMs ?? null;
  const [first] = events;
  const sinceStart = (atMs: number | null) => (atMs === null || startedAtMs === null ? null : atMs - startedAtMs);
  return {
    cluster: first?.cluster ?? null,
    epoch: first?.epoch ?? null,
    executions: [...new Set(events.map((event) => event.execution))],
    headline: headlineOf(events, ending),
    ending: ending.kind,
    oldPrimary: lastEvent(events, 'opened')?.oldPrimary ?? null,
    newPrimary: lastEvent(events, 'promoted')?.candidate ?? null,
    startedAtMs,
    startedWith: moments[0]?.code === 'missed' ? 'the first missed probe' : 'the first event',
    tookMs: sinceStart(endedAtMs),
    outageMs: lastEvent(events, 'closed')?.summary.outageMs ?? null,
    moments: moments.map((moment) => ({ ...moment, offsetMs: sinceStart(moment.atMs) })),
    known: claimsOf(events),
    advice: adviceOf(events, ending),
  };
}

type Untimed = Omit<Moment, 'offsetMs'>;

function momentOf(entry: JournalEntry): Untimed {
  const { atMs, code } = entry;
  return entry.readable
    ? { atMs, code, weight: journalRegistry[entry.code].weight, sentence: sentenceOf(entry.event) }
    : { atMs: Number.isFinite(atMs) ? atMs : null, code, weight: 'unreadable', sentence: entry.sentence };
}

/** The probes with which it began, as the votes tell that the confirmation rests on. */
function missesOf(events: readonly JournalEvent[]): readonly Untimed[] {
  const confirmed = lastEvent(events, 'confirmed');
  return (confirmed === undefined ? [] : firstMisses(confirmed)).map(({ monitor, primary, atMs, failure }) => ({
    atMs,
    code: 'missed',
    weight: 'trouble',
    sentence: `monitor ${monitor} first missed ${primary}${failure === null ? '' : ` (${failure})`}`,
  }));
}

/** Events of the same time stay as they are. */
function byTime(moments: readonly Untimed[]): readonly Untimed[] {
  const time = ({ atMs }: Untimed) => atMs ?? Number.POSITIVE_INFINITY;
  return moments.toSorted((a, b) => (time(a) === time(b) ? 0 : time(a) - time(b)));
}
