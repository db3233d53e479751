/**
 * What a rehearsal finds: one thing of one subject that a failover would meet, in the words that people are told.
 *
 * @module
 */
import { FINDINGS, type FindingCode } from './findings.ts';

/**
 * - `fails`: a failover that needs it would halt, or would not get to its end;
 * - `degrades`: it would work, but later, by a weaker way, or with fewer candidates;
 * - `unverifiable`: AWS or the server gives no way to try it without doing it. It is no failure.
 */
export type Severity = 'fails' | 'degrades' | 'unverifiable';

export interface Finding {
  readonly cluster: string;
  /** A node, a secret, an interface, an address: what a person has to look at. */
  readonly subject: string;
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The fact and the fix. */
  readonly sentence: string;
}

/** A finding of the table's severity. `because` is the fact, without a period; the table's fix is put behind it. */
export function findingOf(code: FindingCode, cluster: string, subject: string, because: string): Finding {
  const { severity, fix } = FINDINGS[code];
  return { cluster, subject, code, severity, sentence: `${because}; ${fix}` };
}

/** What makes a finding the same one as an earlier: its words may carry numbers that change. */
export function keyOf({ code, subject }: Finding): string {
  return `${code} ${subject}`;
}

const ORDER: readonly Severity[] = ['fails', 'degrades', 'unverifiable'];

/** Worst first, then by code and subject, so that the same findings are the same list. */
export function sorted(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ severity }: Finding) => ORDER.indexOf(severity);
  return findings.toSorted((a, b) => rank(a) - rank(b) || (keyOf(a) < keyOf(b) ? -1 : 1));
}
