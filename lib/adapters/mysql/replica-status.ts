/**
 * Reads `SHOW REPLICA STATUS`, whose columns mean the same in both engines under different names.
 *
 * @module
 */
import type { ReplicaStatus } from '../../core/observation.ts';
import type { Row } from './connection.ts';

export interface ReplicaStatusContext {
  /** How the engine calls the two sides in column names. */
  readonly words: { readonly source: 'Master' | 'Source'; readonly replica: 'Slave' | 'Replica' };
  readonly received: string;
  readonly heartbeats: number;
  readonly semiSync: boolean;
}

const FILTERS = [
  'Replicate_Do_DB',
  'Replicate_Ignore_DB',
  'Replicate_Do_Table',
  'Replicate_Ignore_Table',
  'Replicate_Wild_Do_Table',
  'Replicate_Wild_Ignore_Table',
  'Replicate_Rewrite_DB',
  'Replicate_Do_Domain_Ids',
  'Replicate_Ignore_Domain_Ids',
  'Replicate_Ignore_Server_Ids',
];

export function replicaStatusOf(row: Row, context: ReplicaStatusContext): ReplicaStatus {
  const { source, replica } = context.words;
  const lag = row[`Seconds_Behind_${source}`] ?? null;
  return {
    sourceHost: row[`${source}_Host`] ?? '',
    sourcePort: Number(row[`${source}_Port`]),
    receiver: receiverOf(row[`${replica}_IO_Running`] ?? 'No'),
    applier: row[`${replica}_SQL_Running`] === 'Yes' ? 'applying' : 'stopped',
    received: context.received,
    heartbeats: context.heartbeats,
    lagSeconds: lag === null ? null : Number(lag),
    semiSync: context.semiSync,
    filters: FILTERS.filter((name) => (row[name] ?? '') !== '').map((name) => `${name}: ${row[name]}`),
    lastError: [row['Last_SQL_Error'], row['Last_IO_Error']].find((text) => (text ?? '') !== '') ?? null,
  };
}

/** `Yes`, `No`, or that it is on its way: `Connecting`, `Preparing`. */
function receiverOf(running: string): ReplicaStatus['receiver'] {
  if (running === 'Yes') return 'receiving';
  return running === 'No' ? 'stopped' : 'connecting';
}
