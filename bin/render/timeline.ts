/**
 * The story of a change as people read it in a terminal: when, how long since the moment before as a bar to scale, what.
 *
 * @module
 */
import type { Moment, Story } from '../../lib/core/story/tell-story.ts';
import { harmless, seconds, styled, utc, wrapped, type Style, type Terminal } from './text.ts';

const PLAIN: Terminal = { columns: 120, colour: false };
const BAR_WIDTH = 24;
const MARKS = { step: '•', milestone: '◆', trouble: '×', unreadable: '?' } as const;
const STYLES: Readonly<Record<Moment['weight'], Style | null>> = {
  step: null,
  milestone: 'green',
  trouble: 'red',
  unreadable: 'yellow',
};

/** All of a story, without a line break at its end. */
export function renderTimeline(story: Story, terminal: Terminal = PLAIN): string {
  return [
    ...head(story, terminal),
    '',
    ...timeline(story, terminal),
    ...list(
      'Known at the end',
      '-',
      story.known.map((claim) => claim.sentence),
      terminal,
    ),
    ...list('To do', null, story.advice, terminal),
  ].join('\n');
}

function head(story: Story, terminal: Terminal): string[] {
  const what = `${story.cluster ?? 'a cluster'}, epoch ${story.epoch ?? 'unknown'}: ${story.headline}`;
  const facts = [
    ...(story.outageMs === null ? [] : [`outage ${seconds(story.outageMs)}`]),
    ...(story.outageMs !== null || story.tookMs === null ? [] : [`took ${seconds(story.tookMs)}`]),
    ...(story.startedAtMs === null ? [] : [`since ${utc(story.startedAtMs)}, ${story.startedWith}`]),
    ...story.executions.map((execution) => `execution ${nameOf(execution)}`),
  ];
  return [...wrapped(what, terminal.columns).map((line) => styled(line, 'bold', terminal)), harmless(facts.join('; '))];
}

/** An execution's name, which is the last part of its ARN. */
function nameOf(execution: string): string {
  return execution.split(':').at(-1) ?? execution;
}

function timeline(story: Story, terminal: Terminal): string[] {
  const scaleMs = scaleOf(story);
  const column = (offsetMs: number) =>
    scaleMs === 0 ? 0 : Math.min(BAR_WIDTH - 1, Math.round((offsetMs / scaleMs) * (BAR_WIDTH - 1)));
  const times = story.moments.map(({ offsetMs }) => (offsetMs === null ? '?' : seconds(offsetMs)));
  const timeWidth = Math.max(...times.map((time) => time.length), 0);
  const indent = timeWidth + BAR_WIDTH + 6;
  let from = 0;
  return story.moments.flatMap(({ offsetMs, weight, sentence }, index) => {
    const to = offsetMs === null ? from : column(offsetMs);
    const late = offsetMs !== null && offsetMs > scaleMs;
    const line = `${' '.repeat(from)}${'─'.repeat(to - from)}`;
    const mark = late ? '»' : MARKS[weight];
    from = to;
    const style = STYLES[weight];
    const paint = (text: string) => (style === null ? text : styled(text, style, terminal));
    const [first = '', ...rest] = wrapped(sentence, Math.max(terminal.columns - indent, 30));
    const bar = `${styled(line, 'dim', terminal)}${paint(mark)}${' '.repeat(BAR_WIDTH - 1 - to)}`;
    return [
      `  ${(times[index] ?? '').padStart(timeWidth)}  ${bar}  ${paint(first)}`,
      ...rest.map((each) => `${' '.repeat(indent)}${paint(each)}`),
    ];
  });
}

/** How long the bar stands for: until the change ended. What comes after, such as the stop of the old host, would squeeze it. */
function scaleOf({ tookMs, moments }: Story): number {
  return tookMs ?? Math.max(...moments.map(({ offsetMs }) => offsetMs ?? 0), 0);
}

/** @param mark - in front of each item; null for numbers */
function list(title: string, mark: string | null, items: readonly string[], terminal: Terminal): string[] {
  if (items.length === 0) return [];
  return [
    '',
    styled(title, 'bold', terminal),
    ...items.flatMap((item, index) => {
      const [first = '', ...rest] = wrapped(item, terminal.columns - 5);
      const lead = mark ?? `${index + 1}.`;
      return [`  ${lead} ${first}`, ...rest.map((each) => `${' '.repeat(lead.length + 3)}${each}`)];
    }),
  ];
}
