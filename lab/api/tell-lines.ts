/**
 * What happens in a lab, as lines for a person who follows it.
 *
 * @module
 */
import type { CloudListener } from '../cloud/events.ts';
import { MonitorLog } from '../run/monitor-log.ts';
import { Meddler } from '../run/meddler.ts';
import { tellEvents } from '../run/tell-events.ts';
import * as topology from '../run/topology.ts';

export function tellLines(onLine: (line: string) => void): CloudListener {
  const happened = (_atMs: number, line: string) => onLine(line);
  const live = { say: onLine, happened, fault: happened };
  return tellEvents(live, {
    meddler: new Meddler({ kills: null, rivals: 0, live }),
    monitorLog: new MonitorLog(topology.CLUSTER),
    denials: new Set(),
  });
}
