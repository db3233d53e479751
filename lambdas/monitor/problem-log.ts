/**
 * Tells the log of each problem once when it appears, and once when it is seen no more: it is over, or whoever showed it
 * can't be seen. A problem whose figures change is the same problem.
 *
 * @module
 */
import type { Problem } from '../../lib/core/diagnosis/diagnose.ts';

/** Takes the problems of each round. */
export type ProblemLog = (problems: readonly Problem[]) => void;

/** @param log takes one line for each problem that appears or is seen no more */
export function problemLog(cluster: string, log: (line: string) => void): ProblemLog {
  let known: ReadonlyMap<string, Problem> = new Map();
  return (problems) => {
    const current = new Map(problems.map((problem) => [`${problem.code} ${problem.subject}`, problem]));
    for (const [key, { code, priority, sentence }] of current) {
      if (!known.has(key)) log(`problem ${code} in ${cluster} (priority ${priority}): ${sentence}`);
    }
    for (const [key, { code, subject }] of known) {
      if (!current.has(key)) log(`problem ${code} in ${cluster} is seen no more: ${subject}`);
    }
    known = current;
  };
}
