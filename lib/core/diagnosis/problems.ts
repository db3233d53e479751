/**
 * Every problem that a cluster can have, at one look: how urgent it is, its code, what the system does about it, and the
 * condition by which it is found. docs/detection.md shows the same table with the conditions in words.
 *
 * @module
 */
import * as access from './access.ts';
import * as monitors from './monitors.ts';
import * as primary from './primary.ts';
import { row } from './problem.ts';
import * as record from './record.ts';
import * as replicas from './replicas.ts';
import * as safetyNet from './safety-net.ts';
import * as servers from './servers.ts';

export const PROBLEMS = [
  row(1, 'dead', 'fail-over', primary.dead),
  row(1, 'stalled', 'fail-over', primary.stalled),
  row(1, 'restarted', 'reopen', primary.restarted),
  row(1, 'dead-but-held', 'alarm', primary.deadButHeld),
  row(1, 'stalled-but-held', 'alarm', primary.stalledButHeld),
  row(1, 'restarted-but-held', 'alarm', primary.restartedButHeld),
  row(1, 'left-alone', 'alarm', primary.lossLeftAlone),
  row(1, 'missed', 'wait', primary.missed),
  row(1, 'hung', 'wait', primary.hung),
  row(1, 'stalled-writes', 'alarm', primary.stalledWrites),
  row(1, 'disk-full', 'alarm', primary.diskFull),
  row(1, 'writes-refused', 'alarm', primary.writesRefused),
  row(1, 'not-writable', 'alarm', primary.notWritable),
  row(1, 'connections-exhausted', 'alarm', primary.connectionsExhausted),
  row(1, 'primary-instance-stopped', 'alarm', primary.primaryInstanceStopped),
  row(1, 'route-drifted', 'alarm', primary.routeDrifted),
  row(1, 'two-writable', 'alarm', servers.twoWritable),
  row(1, 'other-writable', 'alarm', servers.otherWritable),
  row(1, 'other-server', 'alarm', servers.otherServer),
  row(1, 'epoch-ahead', 'alarm', servers.epochAhead),
  row(1, 'halted', 'alarm', record.halted),
  row(1, 'change-unfinished', 'alarm', record.changeUnfinished),
  row(1, 'nominee-left', 'alarm', record.nomineeLeft),
  row(1, 'unknown-primary', 'alarm', record.unknownPrimary),

  row(2, 'account-refused', 'alarm', access.accountRefused),
  row(2, 'untrusted', 'alarm', access.untrusted),
  row(2, 'host-unresolvable', 'alarm', access.hostUnresolvable),
  row(2, 'errant-gtids', 'alarm', replicas.errantGtids),
  row(2, 'none-promotable', 'alarm', safetyNet.nonePromotable),
  row(2, 'not-a-replica', 'alarm', replicas.notAReplica),
  row(2, 'other-source', 'alarm', replicas.otherSource),
  row(2, 'position-unreadable', 'alarm', servers.positionUnreadable),
  row(2, 'primary-replicates', 'alarm', primary.primaryReplicates),
  row(2, 'quorum-lost', 'alarm', monitors.quorumLost),
  row(2, 'record-missing', 'alarm', record.recordMissing),
  row(2, 'replica-broken', 'alarm', replicas.replicaBroken),
  row(2, 'same-server', 'alarm', servers.sameServer),
  row(2, 'semi-sync-degraded', 'alarm', safetyNet.semiSyncDegraded),
  row(2, 'semi-sync-goes-alone', 'alarm', safetyNet.semiSyncGoesAlone),
  row(2, 'status-unreadable', 'alarm', primary.statusUnreadable),

  row(3, 'boots-writable', 'alarm', servers.maybeBootsWritable),
  row(3, 'cannot-be-source', 'alarm', replicas.cannotBeSource),
  row(3, 'clocks-apart', 'alarm', monitors.clocksApart),
  row(3, 'filtered', 'alarm', replicas.filtered),
  row(3, 'monitor-blind', 'alarm', monitors.monitorBlind),
  row(3, 'monitor-out-of-date', 'wait', monitors.monitorOutOfDate),
  row(3, 'monitor-silent', 'alarm', monitors.monitorSilent),
  row(3, 'replica-disconnected', 'alarm', replicas.replicaDisconnected),
  row(3, 'replica-lagging', 'alarm', replicas.replicaLagging),
  row(3, 'replica-unreachable', 'alarm', replicas.replicaUnreachable),
  row(3, 'semi-sync-forgotten', 'alarm', safetyNet.semiSyncForgotten),
  row(3, 'unreachable-from-here', 'wait', primary.unreachableFromHere),
  row(3, 'versions-apart', 'alarm', servers.versionsApart),

  row(4, 'changing', 'wait', record.changing),
  row(4, 'cooling-down', 'none', record.coolingDown),
  row(4, 'instance-stopped', 'none', replicas.instanceStopped),
  row(4, 'maintenance', 'none', record.maintenance),
  row(4, 'observation-missing', 'wait', servers.observationMissing),
  row(4, 'observation-stale', 'wait', servers.observationStale),
  row(4, 'unknown-monitor', 'none', monitors.unknownMonitor),
] as const;

export type ProblemCode = (typeof PROBLEMS)[number]['code'];
