/**
 * The proof `dead-and-boots-read-only`: the server's process is gone, and whatever starts it again, it takes no write.
 * It needs neither EC2 nor semi-sync.
 *
 * The argument: its port refuses new connections, seen from two zones, so nobody listens there. That alone proves
 * nothing: a server that shuts down closes its listener first, and commits that are under way are still answered (seen on
 * MySQL 9.7.4: half a second after its port was closed). But such a server goes on sending to its replicas until its
 * clients are gone: MariaDB ends them just before, MySQL's keep their connection for eight seconds more. So when the
 * server has itself ended the connections that monitors kept, and those of its replicas, and still refuses a second later,
 * no session of a client is left that could be answered. From then on only a restart can change anything, and a
 * restarted server is read-only.
 *
 * What would make it a lie, and why it does not:
 * - A frozen process, half-way in its shutdown: nobody's connection is cut by it. A connection that a monitor gave up
 *   itself, after a timeout, does not count (lib/core/refusal.ts); nor does a replica that heard nothing for longer than
 *   the primary is missed, as it may have given up by itself.
 * - One path is broken and answers with resets: monitors in two zones must be refused, and every replica must be cut.
 * - A second of quiet that was no quiet: it is one unbroken run of refused probes, by the monitor's own clock, since the
 *   server last showed itself. What comes after it may be silence: Isolate network closes the port for monitors too.
 * - An old vote about an earlier crash: votes count only while they are fresh.
 * - It boots writable: that it does not must be known, from itself, from the record, or by declaration.
 *
 * @module
 */
import * as z from 'zod';
import { bootsReadOnlySchema } from '../boots-read-only.ts';

export const deadAndBootsReadOnlySchema = z
  .object({
    kind: z.literal('dead-and-boots-read-only'),
    refusals: z
      .array(
        z
          .object({
            monitor: z.string(),
            availabilityZone: z.string(),
            forMs: z.number().describe('From the first refused probe to the latest, without one that was not.'),
          })
          .readonly(),
      )
      .readonly()
      .describe('Monitors whose kept connections the server ended, and which it has refused ever since.'),
    replicas: z.array(z.string()).readonly().describe('Every other node of the cluster.'),
    cut: z
      .array(z.string())
      .readonly()
      .describe('Those that received from it until it was missed, and have lost their connection then.'),
    bootsReadOnly: bootsReadOnlySchema.describe('Whether it is known to come up read-only after a restart.'),
  })
  .readonly();

export type DeadAndBootsReadOnly = z.output<typeof deadAndBootsReadOnlySchema>;

/** For so long it must have refused, in milliseconds. */
export const HELD_MS = 1_000;
const ZONES = 2;

export function shortcomingOfDeath(piece: DeadAndBootsReadOnly): string | null {
  if (piece.bootsReadOnly !== true) return 'the old primary is not known to boot read-only';
  const zones = zonesOf(piece);
  if (zones.length < ZONES) {
    return `it has refused everything for ${HELD_MS} ms as seen from ${zones.length} zones, ${ZONES} are needed`;
  }
  if (piece.replicas.length === 0) return 'there is no replica whose connection it could have cut';
  const uncut = piece.replicas.filter((replica) => !piece.cut.includes(replica));
  return uncut.length === 0 ? null : `it was not seen to cut the connection of ${uncut.join(', ')}`;
}

export function sentenceOfDeath(piece: DeadAndBootsReadOnly): string {
  return `its port refuses as seen from ${zonesOf(piece).join(' and ')}, it has cut every connection of monitors and of ${piece.cut.join(', ')}, for at least ${HELD_MS} ms, and it boots read-only`;
}

function zonesOf({ refusals }: DeadAndBootsReadOnly): readonly string[] {
  const held = refusals.filter((refusal) => refusal.forMs >= HELD_MS);
  return [...new Set(held.map((refusal) => refusal.availabilityZone))].sort();
}
