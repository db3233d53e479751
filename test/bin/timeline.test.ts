import { describe, expect, it } from 'vitest';
import { terminalOf, wrapped } from '../../bin/render/text.ts';
import { timelineSvg } from '../../bin/render/timeline-svg.ts';
import { renderTimeline } from '../../bin/render/timeline.ts';
import { tellStory, type Story } from '../../lib/core/story/tell-story.ts';

const NOW = Date.UTC(2026, 10, 21, 4, 38, 30);
const STAMP = {
  cluster: 'orders',
  epoch: 2,
  execution: 'arn:aws:states:eu-central-1:111111111111:execution:f:orders-e2',
};
const JOURNAL = [
  {
    ...STAMP,
    code: 'opened',
    atMs: NOW,
    mode: 'failover',
    trigger: { kind: 'operator', name: 'kim', reason: 'kernel bug' },
    oldPrimary: 'db-1',
    instanceState: 'running',
    force: false,
    dismissed: null,
  },
  {
    ...STAMP,
    code: 'fence-failed',
    atMs: NOW + 500,
    what: 'demoting by SQL',
    because: 'no\nanswer\u001b[2J from 10.0.1.11',
  },
  { ...STAMP, code: 'weather-checked', atMs: NOW + 800, sunny: true },
  { ...STAMP, code: 'halted', atMs: NOW + 1_000, at: 'FenceUnproven', because: 'there is <no> evidence & no hope' },
  { ...STAMP, code: 'fence-complete', atMs: NOW + 90_000, instanceId: 'i-1' },
];
const STORY: Story = tellStory(JOURNAL)!;

describe('a timeline in a terminal', () => {
  it('shows when each thing happened, the time in between as a bar, and what is to do', () => {
    expect(renderTimeline(STORY, { columns: 100, colour: false })).toMatchInlineSnapshot(`
      "orders, epoch 2: failover of db-1 halted by FenceUnproven, with no word of a promotion
      took 1.000 s; since 2026-11-21 04:38:30.000 UTC, the first event; execution orders-e2

         0.000 s  •                         epoch 2 opened to replace db-1, asked for by kim (kernel bug);
                                            EC2 says of its instance: running
         0.500 s  ────────────×             demoting by SQL failed: no answer [2J from 10.0.1.11
         0.800 s              ──────?       an event of a newer version: weather-checked
         1.000 s                    ─────×  halted by FenceUnproven: there is <no> evidence & no hope
        90.000 s                         »  fence complete: EC2 says that i-1 is stopped

      Known at the end
        - db-1 is stopped (i-1)
        - kim asked for it (kernel bug)

      To do
        1. find out which server is writable, db-1 first, and never open a second one
        2. then start a failover with "force": true, or, if db-1 is well, undo its fence and release the
           cluster (docs/operations.md, "After a halt")"
    `);
  });

  it('keeps to the width of the terminal', () => {
    const lines = renderTimeline(STORY, { columns: 72, colour: false }).split('\n');
    // The line of facts holds what must be copied whole.
    for (const line of lines.filter((each) => !each.startsWith('took'))) expect(line.length).toBeLessThanOrEqual(72);
  });

  it('has no commands to the terminal but its own colours, and those only where wanted', () => {
    const plain = renderTimeline(STORY, { columns: 100, colour: false });
    const coloured = renderTimeline(STORY, { columns: 100, colour: true });
    // oxlint-disable-next-line no-control-regex
    expect(plain).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(coloured).toContain('\u001b[31m');
    expect(coloured).not.toContain('\u001b[2J');
    // oxlint-disable-next-line no-control-regex
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain);
  });

  it('can be drawn when nothing took any time, and when no time is known', () => {
    const [opened] = JOURNAL;
    expect(renderTimeline(tellStory([opened])!)).toContain('0.000 s  •');
    expect(renderTimeline(tellStory([{ code: 'opened' }])!)).toMatch(/^a cluster, epoch unknown: [\s\S]* \? {2}\?/);
  });
});

describe('a timeline as a picture', () => {
  it('has a row for each moment, with its words as text', () => {
    const svg = timelineSvg(STORY);
    expect(svg.match(/<circle /g)).toHaveLength(STORY.moments.length);
    expect(svg).toContain('halted by FenceUnproven: there is &lt;no&gt; evidence &amp; no hope');
    // oxlint-disable-next-line no-control-regex
    expect(svg).not.toMatch(/[\u0000-\u0009\u000b-\u001f]|NaN|Infinity|undefined/);
  });

  it('can be drawn when no time is known', () => {
    expect(timelineSvg(tellStory([{ code: 'opened' }])!)).not.toMatch(/NaN|Infinity|null/);
  });
});

describe('text for a terminal', () => {
  it('is broken at spaces, and a word that is too long stays whole', () => {
    expect(wrapped('one two a-very-long-word three', 9)).toEqual(['one two', 'a-very-long-word', 'three']);
  });

  it.each([
    [{ isTTY: true, columns: 90 }, {}, { columns: 90, colour: true }],
    [{ isTTY: true, columns: 20 }, {}, { columns: 60, colour: true }],
    [{ isTTY: true, columns: 400 }, {}, { columns: 160, colour: true }],
    [{ isTTY: true, columns: 90 }, { NO_COLOR: '1' }, { columns: 90, colour: false }],
    [{}, {}, { columns: 120, colour: false }],
  ])('on a stream like %j with %j is %j', (stream, env, terminal) => {
    expect(terminalOf(stream, env)).toEqual(terminal);
  });
});
