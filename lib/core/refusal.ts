/**
 * For how long a monitor has been refused by the primary, after the server itself had ended the connections that were
 * kept to it. One premise of the proof `dead-and-boots-read-only`: a closed port alone proves nothing, as a server that
 * shuts down closes its listener first and may still commit; and a connection that the monitor gave up itself, after a
 * timeout, says nothing of what the server's other sessions still do.
 *
 * @module
 */
import type { Failure } from './observation.ts';

/** Of each kept connection: it works, or the server has ended it. False when the monitor gave it up, or never had it. */
interface Kept {
  readonly read: boolean;
  readonly write: boolean;
}

export interface Refusal {
  readonly kept: Kept;
  /** The first of an unbroken run of probes that were refused on both connections, in epoch ms; null while there is none. */
  readonly sinceMs: number | null;
  /**
   * From the first of such a run to its last, in milliseconds, by one clock. Kept after the run, until the server answers
   * or accepts again; null when there was none since.
   */
  readonly forMs: number | null;
}

/** Before the first probe there was no connection, so none can have been cut. */
export const NOT_REFUSED: Refusal = { kept: { read: false, write: false }, sinceMs: null, forMs: null };

/**
 * The refusal after one more probe. A run that was long enough stays so when silence follows it, as it does once the
 * fence closes the network: only a server that is there again makes it void.
 *
 * @param probe how reading and writing went, and when the answers were there, in epoch milliseconds
 */
export function judgeRefusal(
  before: Refusal,
  probe: { readonly read: 'ok' | Failure; readonly write: 'ok' | Failure; readonly answeredAtMs: number },
): Refusal {
  const kept = {
    read: isKept(before.kept.read, probe.read),
    write: isKept(before.kept.write, probe.write),
  };
  // `refused` means that a new connection was tried, so by then the kept one was gone.
  const refused = probe.read === 'refused' && probe.write === 'refused';
  if (refused && kept.read && kept.write) {
    const sinceMs = before.sinceMs ?? probe.answeredAtMs;
    return { kept, sinceMs, forMs: probe.answeredAtMs - sinceMs };
  }
  const nobodyThere = [probe.read, probe.write].every((outcome) => tellsOfNobody(outcome));
  return { kept, sinceMs: null, forMs: nobodyThere ? before.forMs : null };
}

/** Whether it leaves open that nobody is there. */
function tellsOfNobody(outcome: 'ok' | Failure): boolean {
  return outcome === 'refused' || outcome === 'timeout' || outcome === 'unreachable' || outcome === 'untried';
}

function isKept(before: boolean, outcome: 'ok' | Failure): boolean {
  switch (outcome) {
    // A statement that the server refused leaves the connection sound.
    case 'ok':
    case 'sql':
    case 'read-only':
    case 'full':
      return true;
    case 'cut':
    case 'refused':
      return before;
    // The monitor drops the connection, or could not make one: what the server did with it can't be told any more.
    case 'timeout':
    case 'unanswered':
    case 'unreachable':
    case 'exhausted':
    case 'denied':
    case 'untrusted':
    case 'other-server':
    case 'unresolvable':
    case 'untried':
      return false;
    default:
      return outcome satisfies never;
  }
}
