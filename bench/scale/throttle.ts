/**
 * Gives a process a part of a processor, as Lambda does below 1,769 MB: it stops and goes on, fifty times a second.
 * Lambda counts what was used, this counts the time that passed, so that it is the stricter of the two.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process';

const PERIOD_MS = 20;

/** Until the process ends. @param part more than 0; 1 and more leave it alone */
export function throttle(child: ChildProcess, part: number): void {
  if (part >= 1) return;
  const turn = (signal: 'SIGSTOP' | 'SIGCONT', forMs: number): void => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    if (signal === 'SIGCONT') setTimeout(() => turn('SIGSTOP', (1 - part) * PERIOD_MS), forMs);
    else setTimeout(() => turn('SIGCONT', part * PERIOD_MS), forMs);
  };
  turn('SIGCONT', part * PERIOD_MS);
}
