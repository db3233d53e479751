/**
 * How steps tell people. Whether they could be told never decides what happens next.
 *
 * @module
 */
import { messageOf } from '../lib/core/errors.ts';
import type { Notifier } from '../lib/ports/cloud.ts';

/** Never rejects: what could not be told is written to the function's log. */
export async function tell(
  { notifier }: { readonly notifier: Notifier },
  subject: string,
  message: string,
): Promise<void> {
  try {
    await notifier.publish(subject, message);
  } catch (error) {
    process.stderr.write(`could not notify "${subject}": ${messageOf(error)}\n`);
  }
}
