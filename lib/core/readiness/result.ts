/**
 * What a rehearsal of a cluster came to, how much of it can be carried, and what of it people have to be told.
 *
 * @module
 */
import { findingOf, keyOf, sorted, type Finding } from './finding.ts';

/** As it stands in the table, one for each cluster. */
export interface RehearsalResult {
  readonly cluster: string;
  /** When it was rehearsed, in epoch milliseconds. */
  readonly atMs: number;
  readonly findings: readonly Finding[];
  /** Keys of the findings that people were told last. */
  readonly told: readonly string[];
}

/** Keys of what people are told of: all but what nobody can verify. */
export function keysToTell(findings: readonly Finding[]): readonly string[] {
  return sorted(findings)
    .filter(({ severity }) => severity !== 'unverifiable')
    .map(keyOf);
}

/** Whether people have to be told: something else is to be told than was told last. */
export function isNews(findings: readonly Finding[], told: readonly string[]): boolean {
  const keys = keysToTell(findings);
  return keys.length !== told.length || keys.some((key) => !told.includes(key));
}

/** How much one function may hand on, in characters of JSON: a state takes 256 KB, and three functions share it. */
export const MOST_CHARACTERS = 60_000;

/** The findings, worst first, as many as can be carried; one more says how many were left out. */
export function bounded(findings: readonly Finding[], mostCharacters = MOST_CHARACTERS): readonly Finding[] {
  const all = sorted(findings);
  let characters = 0;
  const kept = all.filter((each) => (characters += JSON.stringify(each).length + 1) <= mostCharacters);
  const [firstLeftOut] = all.slice(kept.length);
  if (firstLeftOut === undefined) return kept;
  const { cluster } = firstLeftOut;
  return [
    ...kept,
    findingOf('findings-left-out', cluster, cluster, `${all.length - kept.length} more findings were left out`),
  ];
}
