/**
 * Handovers of a monitor by the hundred hours: `npm run bench:handover -- [--hours 100] [--clusters 1] [--seed s]`, and
 * `--lab [--minutes 10]` for real ones, of deployed monitors on real servers.
 *
 * The real loop in virtual time, half of the hours with a scheduler that is late, fires twice and misses minutes, half
 * with kills and a table that is out of reach besides. Prints how long nobody looked from one invocation to the next,
 * and ends with 1 when one of these gaps was longer than it may be, or two invocations looked at once.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { judge, tooLong, type Findings, type Gap, type GapKind } from '../test/lambdas/monitor/handovers/judge.ts';
import { simulate } from '../test/lambdas/monitor/handovers/simulation.ts';
import { measureInLab } from './handover-lab.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '100' },
    clusters: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
    lab: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '10' },
  },
});
const INTERVAL_MS = 1_000;
/** Hours that are simulated one after another: what they have seen is kept until they are judged. */
const STRETCH_HOURS = 10;

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const seed = Number(values.seed);
if (values.lab) {
  const file = fileURLToPath(import.meta.url);
  process.exit(await measureInLab(file, process.argv.slice(2), Number(values.minutes), seed));
}
process.exitCode = await simulateHours(Number(values.hours), Number(values.clusters));

async function simulateHours(hours: number, clusters: number): Promise<number> {
  console.log(`seed ${seed}, ${hours} h of one monitor of ${clusters} clusters, a round each ${INTERVAL_MS} ms`);
  const scheduler = { duplicates: 0.05, missed: 0.05 };
  const quiet = await findingsOf('a scheduler that is late, fires twice, and misses a minute', hours / 2, clusters, {
    ...scheduler,
    killsAnHour: 0,
    outagesADay: 0,
  });
  const rough = await findingsOf('kills and a table out of reach besides', hours / 2, clusters, {
    ...scheduler,
    killsAnHour: 1,
    outagesADay: 6,
  });
  return [quiet, rough].every((each) => tooLong(each).length === 0 && each.overlaps.length === 0) ? 0 : 1;
}

async function findingsOf(
  what: string,
  all: number,
  clusters: number,
  kind: { duplicates: number; missed: number; killsAnHour: number; outagesADay: number },
): Promise<Findings> {
  const parts: Findings[] = [];
  for (let from = 0; from < all; from += STRETCH_HOURS) {
    const stretch = Math.min(STRETCH_HOURS, all - from);
    const course = await simulate({ ...kind, hours: stretch, seed: seed + from }, clusters);
    parts.push(judge(course, INTERVAL_MS));
  }
  const found: Findings = {
    gaps: parts.flatMap((part) => part.gaps),
    longestWithinMs: Math.max(...parts.map((part) => part.longestWithinMs)),
    overlaps: parts.flatMap((part) => part.overlaps),
  };
  console.log(`\n${all} h: ${what}`);
  console.log('| gap | number | p50 | p99 | longest | over a minute | too long |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const each of ['handed-over', 'killed', 'out-of-reach'] as const) console.log(rowOf(each, found.gaps));
  console.log(`two at once: ${found.overlaps.length}; longest between two rounds of one: ${found.longestWithinMs} ms`);
  for (const gap of tooLong(found).slice(0, 5)) {
    console.log(
      `too long: ${gap.kind}, ${gap.gapMs} ms where ${gap.boundMs} ms are the most, from ${gap.fromMs} ms on`,
    );
  }
  return found;
}

function rowOf(kind: GapKind, all: readonly Gap[]): string {
  const gaps = all.filter((gap) => gap.kind === kind);
  if (gaps.length === 0) return `| ${kind} | 0 | | | | | |`;
  const sorted = gaps.map((gap) => gap.gapMs).sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  const long = gaps.filter((gap) => gap.gapMs > 60_000).length;
  const wrong = gaps.filter((gap) => gap.gapMs > gap.boundMs).length;
  return `| ${kind} | ${gaps.length} | ${at(0.5)} ms | ${at(0.99)} ms | ${sorted.at(-1)} ms | ${long} | ${wrong} |`;
}
