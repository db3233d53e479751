/**
 * Gather rehearsal: what the three functions found becomes one result for each cluster. It is stored, counted for the
 * alarm and logged; people are told when the list of a cluster has changed, once.
 *
 * @module
 */
import * as z from 'zod';
import { findCluster } from '../../lib/core/config.ts';
import { messageOf } from '../../lib/core/errors.ts';
import { findingOf, sorted, type Finding } from '../../lib/core/readiness/finding.ts';
import { isNews, keysToTell } from '../../lib/core/readiness/result.ts';
import { sliceAt } from '../../lib/core/readiness/slice.ts';
import { findingsSchema } from '../../lib/core/readiness/stored.ts';
import { stepOf } from '../step.ts';
import type { NetworkRehearsalContext } from './rehearse.ts';

const partSchema = z.object({
  /** Name of the function. */
  part: z.string(),
  rehearsed: z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('rehearsed'), clusters: z.array(z.string()), findings: findingsSchema }),
    /** The function died, or did not answer in time. */
    z.object({ outcome: z.literal('failed'), because: z.string() }),
  ]),
});
type Part = z.output<typeof partSchema>;

const inputSchema = z.object({ cluster: z.string(), atMs: z.number(), parts: z.array(partSchema) });

/** SNS takes 256 KB; nobody reads more than this. */
const LONGEST_LIST = 40;

export const gatherRehearsal = stepOf(inputSchema, async (input, context: NetworkRehearsalContext) => {
  const { clusters } = context.config;
  const meant = input.cluster === '' ? sliceAt(clusters, input.atMs) : [findCluster(context.config, input.cluster)];
  const results = meant.flatMap(({ id }) => {
    const findings = findingsOf(id, input.parts);
    return findings === null ? [] : [{ cluster: id, findings }];
  });
  const all = results.flatMap(({ findings }) => findings);
  for (const each of all) {
    context.log(`rehearsal of ${each.cluster}: ${each.severity}, ${each.code}, ${each.subject}: ${each.sentence}`);
  }
  const failures = all.filter(({ severity }) => severity === 'fails').length;
  context.recordRehearsal(failures);
  for (const { cluster, findings } of results) {
    const before = (await context.rehearsals.read(cluster))?.told ?? [];
    const told = isNews(findings, before) ? await tellOf(context, cluster, findings, before) : before;
    await context.rehearsals.write({ cluster, atMs: input.atMs, findings, told });
  }
  return {
    outcome: failures === 0 ? 'all-well' : 'would-fail',
    failures,
    rehearsed: results.map(({ cluster }) => cluster),
  };
});

/** Null for a cluster that one of the functions left alone, as it is being changed: the earlier result stands. */
function findingsOf(cluster: string, parts: readonly Part[]): readonly Finding[] | null {
  const findings: Finding[] = [];
  for (const { part, rehearsed } of parts) {
    if (rehearsed.outcome === 'failed') {
      findings.push(
        findingOf('not-rehearsed', cluster, `${part} function`, `the ${part} function failed: ${rehearsed.because}`),
      );
    } else if (rehearsed.clusters.includes(cluster)) {
      findings.push(...rehearsed.findings.filter((each) => each.cluster === cluster));
    } else {
      return null;
    }
  }
  return sorted(findings);
}

/** What people know by then: what they were told before, when they could not be reached. The next run tries again. */
async function tellOf(
  context: NetworkRehearsalContext,
  cluster: string,
  findings: readonly Finding[],
  before: readonly string[],
): Promise<readonly string[]> {
  const listed = sorted(findings).filter(({ severity }) => severity !== 'unverifiable');
  const failing = listed.filter(({ severity }) => severity === 'fails').length;
  const subject =
    failing > 0 ? `${cluster}: a failover would fail` : `${cluster}: a failover would work, by its rehearsal`;
  const lines = listed.map(({ severity, sentence }) => `- ${severity === 'fails' ? 'FAILS: ' : ''}${sentence}.`);
  const more = lines.length > LONGEST_LIST ? [`- and ${lines.length - LONGEST_LIST} more, in the table.`] : [];
  const message = listed.length === 0 ? 'Nothing is found any more.' : 'The rehearsal found:';
  try {
    await context.notifier.publish(subject, [message, ...lines.slice(0, LONGEST_LIST), ...more].join('\n'));
    return keysToTell(findings);
  } catch (error) {
    context.log(`rehearsal of ${cluster}: people could not be told: ${messageOf(error)}`);
    return before;
  }
}
