/**
 * The timeline of a change as a picture: one row a moment, each mark where it was in time. It needs nothing but itself.
 *
 * @module
 */
import type { Moment, Story } from '../../lib/core/story/tell-story.ts';
import { harmless, seconds, utc } from './text.ts';

const WIDTH = 1_280;
const ROW = 24;
const LEFT = 110;
const SCALE = 300;
const TEXT_AT = LEFT + SCALE + 24;
const LONGEST = 118;
const COLOURS: Readonly<Record<Moment['weight'], string>> = {
  step: '#475569',
  milestone: '#15803d',
  trouble: '#b91c1c',
  unreadable: '#a16207',
};

/** An SVG document. */
export function timelineSvg(story: Story): string {
  const { moments, tookMs } = story;
  const scaleMs = tookMs ?? Math.max(...moments.map(({ offsetMs }) => offsetMs ?? 0), 0);
  const x = (offsetMs: number) => LEFT + (scaleMs === 0 ? 0 : Math.min(1, offsetMs / scaleMs) * SCALE);
  const title = `${story.cluster ?? 'a cluster'}, epoch ${story.epoch ?? 'unknown'}: ${story.headline}`;
  const facts = [
    ...(story.outageMs === null ? [] : [`outage ${seconds(story.outageMs)}`]),
    ...(story.startedAtMs === null ? [] : [`since ${utc(story.startedAtMs)}, ${story.startedWith}`]),
  ];
  const height = 76 + moments.length * ROW;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(16, 26, title, '#0f172a', 'font-size="17" font-weight="bold"'),
    text(16, 48, facts.join('; '), '#475569'),
    ...moments.flatMap(({ offsetMs, weight, sentence }, index) => {
      const y = 80 + index * ROW;
      const before = moments[index - 1]?.offsetMs ?? 0;
      const at = x(offsetMs ?? before);
      return [
        `<line x1="${LEFT}" y1="${y - 4}" x2="${LEFT + SCALE}" y2="${y - 4}" stroke="#e2e8f0"/>`,
        `<line x1="${x(before)}" y1="${y - 4}" x2="${at}" y2="${y - 4}" stroke="${COLOURS[weight]}" stroke-width="3"/>`,
        `<circle cx="${at}" cy="${y - 4}" r="5" fill="${COLOURS[weight]}"/>`,
        text(LEFT - 14, y, offsetMs === null ? '?' : seconds(offsetMs), '#475569', 'text-anchor="end"'),
        text(TEXT_AT, y, shortened(sentence), COLOURS[weight]),
      ];
    }),
    '</svg>',
    '',
  ].join('\n');
}

function text(x: number, y: number, words: string, fill: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" fill="${fill}" ${attributes}>${escaped(words)}</text>`;
}

function shortened(sentence: string): string {
  return sentence.length <= LONGEST ? sentence : `${sentence.slice(0, LONGEST - 1)}…`;
}

function escaped(words: string): string {
  return harmless(words).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
