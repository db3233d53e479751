/**
 * What is known of a run after it: from clients, from the journal and from the servers.
 *
 * @module
 */
import type { ClusterConfig } from '../../lib/core/config.ts';
import type { JournalCode, JournalEvent } from '../../lib/core/journal.ts';
import type { NodeObservation } from '../../lib/core/observation.ts';
import type { ClusterState } from '../../lib/core/state.ts';
import type { FaultCount } from '../cloud/faults/faults.ts';
import type { WriteRecord } from './application/protocol.ts';
import type { KillPlan } from './kill-plan.ts';
import type { Kill } from './killer.ts';
import type { Ledger } from './ledger.ts';
import type { Outcome } from './scenarios/scenario.ts';

/** Everything that is known of a run after it. */
export interface RunFacts {
  readonly cluster: ClusterConfig;
  readonly expected: Outcome;
  /** Problems of which at least one monitor must have told, and those of which any did since the fault. */
  readonly problemsWanted: readonly string[];
  readonly problemsTold: readonly string[];
  /** What was not as before, long enough after a fault that had ended; empty when all was well, or after any other fault. */
  readonly notWellAgain: readonly string[];
  /** What IAM denied to the deployed roles, a sentence each. */
  readonly denials: readonly string[];
  readonly expectedRoute: 'vip' | 'dns';
  readonly blindMonitors: number;
  readonly faultAtMs: number;
  readonly before: ClusterState;
  readonly after: ClusterState;
  /** Of the epoch after `before`. */
  readonly journal: readonly JournalEvent[];
  /** Executions that were started, in all. */
  readonly executionsStarted: readonly {
    readonly arn: string;
    readonly name: string;
    readonly startedAtMs: number;
    readonly status: string;
    /** What it ended with; null without an error. */
    readonly error: string | null;
  }[];
  /** Where executions were to be killed, and where they were. */
  readonly killsWanted: KillPlan | null;
  readonly kills: readonly Pick<Kill, 'state'>[];
  /** How often each rule befell a call of AWS. */
  readonly awsFaults: readonly FaultCount[];
  /** Steps may have run twice: an execution was killed, or the answer to a call was lost. */
  readonly repeatsSteps: boolean;
  readonly writes: readonly WriteRecord[];
  readonly ledger: Ledger;
  /** Identity of the old primary's server. */
  readonly oldIdentity: string;
  /** Servers at the end, asked directly. */
  readonly nodes: readonly NodeObservation[];
  /** Identity of the server that the VIP led to at the end; null when nobody answered there. */
  readonly behindVip: string | null;
  /** What the name held at the end. */
  readonly recordAddress: string | null;
}

/** The first event of a code, or undefined. */
export function find<Code extends JournalCode>(journal: readonly JournalEvent[], code: Code) {
  return journal.find((event): event is Extract<JournalEvent, { code: Code }> => event.code === code);
}
