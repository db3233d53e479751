/**
 * Whether a server is known to come up read-only after a restart. Several proofs of a fence rest on it: whatever starts
 * the old primary again, a supervisor, a reboot or a person, it then takes no write by itself.
 *
 * @module
 */
import * as z from 'zod';

export const bootsReadOnlySchema = z.union([z.boolean(), z.literal('unknown')]);

/** `unknown` is no answer: it proves nothing, and whoever knows is asked next. */
export type BootsReadOnly = z.output<typeof bootsReadOnlySchema>;

export interface BootsReadOnlySources {
  /** What the server itself showed when it was last seen: persisted, or from its option file. */
  readonly seen: BootsReadOnly;
  /** What it showed before it was opened for writes, as the record of the cluster has it. MariaDB forgets it then. */
  readonly recorded: BootsReadOnly;
  /** `bootsReadOnly` of the configuration: a person says so of every server. It can't say the contrary. */
  readonly declared: boolean;
}

/**
 * What is known, from the source that knows best: later sight before earlier, sight before a declaration. A server that
 * was seen to boot writable does so, whatever was declared of all of them.
 */
export function knownToBootReadOnly({ seen, recorded, declared }: BootsReadOnlySources): BootsReadOnly {
  if (seen !== 'unknown') return seen;
  if (recorded !== 'unknown') return recorded;
  return declared ? true : 'unknown';
}
