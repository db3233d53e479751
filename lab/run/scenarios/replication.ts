/**
 * Faults that look like the primary's and are not: a failover would not help, or would harm.
 *
 * @module
 */
import { exhaustConnections } from '../../mysql/faults/exhaust-connections.ts';
import { stopReceivers } from '../../mysql/faults/stop-receivers.ts';
import { keepRestarting } from '../../mysql/faults/supervise.ts';
import { USUAL, type Scenario } from './scenario.ts';

/** About as often as a server can be started that is found broken each time. */
const DOWN_MS = 700;

export const REPLICATION_SCENARIOS = {
  exhausted: {
    ...USUAL,
    sentence: 'the primary has no connection left, and has ended those of the monitors: it lives, and is sick',
    leadsTo: 'no-change',
    lastsMs: 15_000,
    problems: ['connections-exhausted'],
    inject: ({ primary, monitorAccount }) => exhaustConnections(primary.server, monitorAccount),
  },
  'ackers-lost': {
    ...USUAL,
    sentence: 'every replica stops receiving, so that semi-sync stalls: another primary would wait for them as well',
    leadsTo: 'no-change',
    lastsMs: 40_000,
    symptom: 'stalls',
    needs: ['semi-sync'],
    problems: ['stalled-writes', 'left-alone', 'replica-broken', 'semi-sync-degraded'],
    inject: ({ replicas }) => stopReceivers(replicas.map(({ server }) => server)),
  },
  'replica-storm': {
    ...USUAL,
    sentence: 'the replicas are killed and started again in turn, while the primary is well',
    leadsTo: 'no-change',
    lastsMs: 20_000,
    problems: ['replica-unreachable'],
    inject: async ({ replicas }) =>
      keepRestarting(
        replicas.map(({ server }) => server),
        DOWN_MS,
      ),
  },
} as const satisfies Record<string, Scenario>;
