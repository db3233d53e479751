/**
 * What monitors say while a drill runs, taken from their logs: verdicts as they change, and problems as they appear. The
 * votes in the table say the same, but only the latest of each monitor, and asking for them costs the machine that is
 * being measured.
 *
 * @module
 */

/** From here on a monitor says this of the primary. */
export interface VerdictChange {
  /** When the line was read, in epoch milliseconds. */
  readonly atMs: number;
  /** Who said it: any text that is one monitor's own. */
  readonly monitor: string;
  readonly verdict: string;
}

export interface ProblemSeen {
  readonly atMs: number;
  readonly monitor: string;
  readonly code: string;
}

export class MonitorLog {
  readonly verdicts: VerdictChange[] = [];
  readonly problems: ProblemSeen[] = [];
  readonly #verdict: RegExp;
  readonly #problem: RegExp;

  constructor(cluster: string) {
    this.#verdict = new RegExp(`^${cluster}: \\S+ is ([a-z-]+) \\(`);
    this.#problem = new RegExp(`^problem ([a-z-]+) in ${cluster} \\(`);
  }

  /** @returns what a person may want to read of the line; null when it is about neither */
  hear(monitor: string, line: string, atMs: number): string | null {
    const verdict = this.#verdict.exec(line)?.[1];
    if (verdict !== undefined) this.verdicts.push({ atMs, monitor, verdict });
    const code = this.#problem.exec(line)?.[1];
    if (code !== undefined) this.problems.push({ atMs, monitor, code });
    return verdict === undefined && code === undefined ? null : line.replace(/^\S+: /, '');
  }
}

/** When a verdict was reached, in milliseconds after the fault. */
export interface TimeToVerdict {
  readonly verdict: string;
  /** Until the first monitor said it. */
  readonly firstMs: number;
  /** Until more than half of the monitors said it at the same time; null when they never did. */
  readonly majorityMs: number | null;
}

/** Each verdict that any monitor came to after the fault, in the order of their first times. */
export function timesToVerdicts(
  changes: readonly VerdictChange[],
  faultAtMs: number,
  monitorCount: number,
): TimeToVerdict[] {
  const latest = new Map<string, string>();
  const times = new Map<string, { firstMs: number; majorityMs: number | null }>();
  for (const { atMs, monitor, verdict } of [...changes].sort((a, b) => a.atMs - b.atMs)) {
    latest.set(monitor, verdict);
    if (atMs < faultAtMs) continue;
    const time = times.get(verdict) ?? { firstMs: atMs - faultAtMs, majorityMs: null };
    times.set(verdict, time);
    const saying = [...latest.values()].filter((each) => each === verdict).length;
    if (saying > monitorCount / 2) time.majorityMs ??= atMs - faultAtMs;
  }
  return [...times].map(([verdict, time]) => ({ verdict, ...time }));
}

/** Codes of the problems that appeared after the fault, each once, in order. */
export function problemsAfter(problems: readonly ProblemSeen[], faultAtMs: number): string[] {
  return [...new Set(problems.filter(({ atMs }) => atMs >= faultAtMs).map(({ code }) => code))];
}
