/**
 * Faults of the server's process: it dies, hangs, pauses, starves, or dies and is started again.
 *
 * @module
 */
import { starve } from '../../mysql/faults/starve.ts';
import { supervise } from '../../mysql/faults/supervise.ts';
import { nothingToUndo } from '../../mysql/faults/undo.ts';
import { USUAL, type Scenario } from './scenario.ts';

/** Sooner than any monitor can look three times. */
const RESTARTED_AFTER_MS = 100;
/** A fifth of the processor: slow at all times, and yet every statement ends within a probe's timeout. */
const STARVED = { stoppedMs: 200, runningMs: 50 };

export const SERVER_SCENARIOS = {
  crash: {
    ...USUAL,
    sentence: 'the primary’s server process is killed (SIGKILL); its host lives',
    problems: ['dead'],
    async inject({ primary }) {
      await primary.server.kill();
      return nothingToUndo;
    },
  },
  'restart-fast': {
    ...USUAL,
    sentence: 'the primary’s server process is killed, and its supervisor starts it again within a second',
    leadsTo: 'reopened',
    symptom: 'restarts',
    problems: ['restarted'],
    async inject({ primary }) {
      const undo = supervise(primary.server, RESTARTED_AFTER_MS);
      await primary.server.kill();
      return undo;
    },
  },
  pause: {
    ...USUAL,
    sentence: 'the primary’s server process pauses for two seconds (SIGSTOP, SIGCONT)',
    leadsTo: 'no-change',
    lastsMs: 2_000,
    symptom: 'silent',
    async inject({ primary }) {
      await primary.server.freeze();
      return async () => primary.server.thaw();
    },
  },
  hang: {
    ...USUAL,
    sentence: 'the primary’s server process hangs (SIGSTOP): connections are accepted and never answered',
    symptom: 'silent',
    problems: ['dead'],
    async inject({ primary }) {
      await primary.server.freeze();
      return nothingToUndo;
    },
  },
  starvation: {
    ...USUAL,
    sentence: 'the primary’s server gets a fifth of a processor, in slices of 50 ms: it is slow, and writes end',
    leadsTo: 'no-change',
    lastsMs: 20_000,
    symptom: 'silent',
    inject: async ({ primary }) => starve(primary.server, STARVED),
  },
} as const satisfies Record<string, Scenario>;
