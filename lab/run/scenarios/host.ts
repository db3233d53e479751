/**
 * Faults of the primary's host and its volume: the power is gone, the disk is full, the disk stalls.
 *
 * @module
 */
import { nothingToUndo } from '../../mysql/faults/undo.ts';
import { USUAL, type Scenario, type Stage } from './scenario.ts';

export const HOST_SCENARIOS = {
  power: {
    ...USUAL,
    sentence: 'the primary’s host loses power: nothing is closed, nothing answers',
    symptom: 'silent',
    problems: ['dead'],
    async inject({ network, primary }) {
      await network.powerLoss(primary.host);
      return nothingToUndo;
    },
  },
  'disk-full': {
    ...USUAL,
    sentence: 'the primary’s volume is full: it answers reads, and takes no write',
    symptom: 'stalls',
    problems: ['stalled-writes', 'stalled'],
    needs: ['namespaces'],
    volume: 'small',
    inject: failVolume,
  },
  'stalled-volume': {
    ...USUAL,
    sentence: 'the primary’s volume stalls (fsfreeze): it answers reads, and no write ends',
    symptom: 'stalls',
    problems: ['stalled-writes', 'stalled'],
    needs: ['namespaces', 'loop-device'],
    volume: 'stalling',
    inject: failVolume,
  },
} as const satisfies Record<string, Scenario>;

async function failVolume({ primary }: Stage) {
  const { volume } = primary;
  if (volume === null) throw new Error(`the server on ${primary.host} has no volume of its own that could fail`);
  await volume.fail();
  return () => volume.mend();
}
