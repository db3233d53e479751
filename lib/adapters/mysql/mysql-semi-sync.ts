/**
 * The two families of semi-sync variables that MySQL knows: those of the plugins `semisync_source` and
 * `semisync_replica` (from 8.0.26), and those of the older `semisync_master` and `semisync_slave`.
 *
 * @module
 */
import type { SemiSyncSource } from '../../core/observation.ts';
import type { SemiSyncVariables } from './dialect.ts';

export interface SemiSyncFamily extends SemiSyncVariables {
  /** Every variable of the family that is observed. */
  readonly variables: readonly string[];
  readonly timeout: string;
  readonly waitPoint: string;
  readonly waitNoReplica: string;
  readonly requiredAcks: string;
  /** Status variables. */
  readonly clients: string;
  readonly sourceStatus: string;
  readonly replicaStatus: string;
}

/** The largest that MySQL takes: 49 days. */
const LONGEST_TIMEOUT_MS = '4294967295';

export const SEMI_SYNC_FAMILIES: readonly SemiSyncFamily[] = [family('source', 'replica'), family('master', 'slave')];

/** Of a server without the plugin: nothing is waited for. */
export const NO_SEMI_SYNC: SemiSyncSource = {
  enabled: false,
  timeoutMs: 0,
  waitPoint: 'afterCommit',
  waitsWithoutReplicas: false,
  requiredAcks: 0,
  connectedReplicas: 0,
  survivesRestart: false,
};

function family(source: string, replica: string): SemiSyncFamily {
  const sourceEnabled = `rpl_semi_sync_${source}_enabled`;
  const timeout = `rpl_semi_sync_${source}_timeout`;
  const waitPoint = `rpl_semi_sync_${source}_wait_point`;
  const waitNoReplica = `rpl_semi_sync_${source}_wait_no_${replica}`;
  const requiredAcks = `rpl_semi_sync_${source}_wait_for_${replica}_count`;
  return {
    sourceEnabled,
    sourceSettings: { [timeout]: LONGEST_TIMEOUT_MS, [waitPoint]: 'AFTER_SYNC', [waitNoReplica]: 'ON' },
    replicaEnabled: `rpl_semi_sync_${replica}_enabled`,
    variables: [sourceEnabled, timeout, waitPoint, waitNoReplica, requiredAcks],
    timeout,
    waitPoint,
    waitNoReplica,
    requiredAcks,
    clients: `rpl_semi_sync_${source}_clients`,
    sourceStatus: `rpl_semi_sync_${source}_status`,
    replicaStatus: `rpl_semi_sync_${replica}_status`,
  };
}
