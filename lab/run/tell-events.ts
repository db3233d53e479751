/**
 * What a person follows a run by: what monitors say, each state that is entered, and what goes wrong anywhere.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import type { CloudListener } from '../cloud/events.ts';
import type { Live } from './live.ts';
import type { Meddler } from './meddler.ts';
import type { MonitorLog } from './monitor-log.ts';

/** Who must hear of events in the moment. */
export interface Hearers {
  readonly meddler: Meddler;
  readonly monitorLog: MonitorLog;
  /** Gets a sentence for each thing that IAM denied, once. */
  readonly denials: Set<string>;
}

/** A listener to the cloud that tells a person, and passes on what others must hear in the moment. */
export function tellEvents(live: Live, hearers: Hearers): CloudListener {
  const { meddler, monitorLog, denials } = hearers;
  return (event) => {
    if (event.type === 'denied' && !denials.has(event.message)) {
      denials.add(event.message);
      live.happened(Date.now(), `IAM denies: ${event.message}`);
    }
    if (event.type === 'fault') live.say(`fault of the lab itself: ${messageOf(event.error)}`);
    if (event.type === 'dropped')
      live.happened(Date.now(), `${event.by} gave up on ${event.targetArn}: ${event.because}`);
    if (event.type === 'history') {
      const state = event.event.stateEnteredEventDetails?.name;
      if (state !== undefined && !state.endsWith('?')) live.happened(event.event.timestamp?.getTime() ?? 0, state);
      const { error, cause } = event.event.taskFailedEventDetails ?? event.event.executionFailedEventDetails ?? {};
      if (error !== undefined)
        live.happened(event.event.timestamp?.getTime() ?? 0, `  failed: ${error}: ${cause ?? ''}`);
      meddler.hear(event.executionArn, event.event);
    }
    if (event.type !== 'log') return;
    if (event.stream === 'stderr') return live.say(`${event.functionName}: ${event.line}`);
    const atMs = Date.now();
    const told = monitorLog.hear(event.functionName, event.line, atMs);
    if (told !== null) live.happened(atMs, `monitor: ${told}`);
  };
}
