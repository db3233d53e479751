/**
 * A process of the bench: runs what it is told, and says how far it is.
 *
 * @module
 */
import { campaign, type Bounds } from './campaign.ts';
import { muteFunctionLogs } from './history.ts';

muteFunctionLogs();
// Refusals are thrown by the thousand, and nobody reads where.
Error.stackTraceLimit = 0;

process.once('message', (bounds: Bounds) => {
  void campaign(bounds, (tally) => process.send?.(tally)).then((tally) => {
    process.send?.(tally, () => process.exit(0));
  });
});
