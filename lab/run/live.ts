/**
 * What a person sees while a drill runs: a line for each thing that happens, with the time since the fault.
 *
 * @module
 */
export interface Live {
  /** Something that has no place on the clock of the run. */
  say(line: string): void;
  /** Something that happened at a moment of the run. */
  happened(atMs: number, line: string): void;
  /** From here on times are counted. */
  fault(atMs: number, line: string): void;
}

export function liveLines(write: (line: string) => void): Live {
  let zeroMs: number | null = null;
  const clock = (atMs: number) => (zeroMs === null ? '' : `${((atMs - zeroMs) / 1_000).toFixed(3)} s`).padStart(11);
  return {
    say: write,
    happened: (atMs, line) => write(`${clock(atMs)}  ${line}`),
    fault(atMs, line) {
      zeroMs = atMs;
      write(`${clock(atMs)}  ${line}`);
    },
  };
}
