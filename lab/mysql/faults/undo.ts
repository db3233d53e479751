/**
 * How a fault is ended. Whoever makes a fault undoes it, whatever happened meanwhile: what is frozen or stalled would
 * outlive its drill otherwise.
 *
 * @module
 */

/** Ends the fault. Resolves when it is over, also of a server that has died of it. */
export type Undo = () => Promise<void>;

/** Of what can't be undone: a process that was killed. */
export const nothingToUndo: Undo = () => Promise.resolve();

/** The same undo, which does nothing but the first time. */
export function once(undo: Undo): Undo {
  let undone: Promise<void> | undefined;
  return () => (undone ??= undo());
}

/**
 * Runs an action over and over until it is undone; what went wrong meanwhile is thrown by the undo.
 *
 * @param action must end soon after `signal` is aborted; what it throws then is no error
 */
export function repeatedly(action: (signal: AbortSignal) => Promise<void>): Undo {
  const over = new AbortController();
  const { signal } = over;
  const running = (async () => {
    while (!signal.aborted) await action(signal);
  })().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  // Told by the undo; until then nobody waits.
  running.catch(() => {});
  return async () => {
    over.abort();
    await running;
  };
}
