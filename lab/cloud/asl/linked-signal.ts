/**
 * @module Abort signals for parts of a whole. `AbortSignal.any` does the same and takes several times as long, with a weak
 * reference for each link; the reason is made once, because every one that the platform makes carries a stack.
 */

/** Why a signal aborts that nobody gave a reason. */
export const ENDED = new Error('nobody waits for this any more');

export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Aborts the signal, and takes it off the whole's. */
  readonly end: () => void;
}

/** A signal that aborts with the whole's, or by itself. */
export function linkedSignal(whole: AbortSignal): LinkedSignal {
  const part = new AbortController();
  const end = () => {
    whole.removeEventListener('abort', end);
    part.abort(ENDED);
  };
  if (whole.aborted) end();
  else whole.addEventListener('abort', end);
  return { signal: part.signal, end };
}
