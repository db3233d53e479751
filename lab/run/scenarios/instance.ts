/**
 * Faults of the primary's instance that EC2 itself knows of.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { nothingToUndo } from '../../mysql/faults/undo.ts';
import { USUAL, type Scenario, type Stage } from './scenario.ts';

/** From EC2's answer until the guest ends its services: a guess. */
const GUEST_NOTICES_AFTER_MS = 500;

const STOPPED = {
  ...USUAL,
  sentence: 'somebody stops the primary’s instance in the console: its guest ends the server, and EC2 tells of it',
  problems: [],
} as const;

export const INSTANCE_SCENARIOS = {
  'instance-stop': {
    ...STOPPED,
    inject: stopInstance,
  },
  'instance-stop-untold': {
    ...STOPPED,
    sentence: 'somebody stops the primary’s instance in the console, and no event of EC2 arrives: monitors must see it',
    problems: ['dead'],
    async inject(stage) {
      await awsOf(stage).silenceEvents();
      return stopInstance(stage);
    },
  },
} as const satisfies Record<string, Scenario>;

/** The host goes on until EC2 says `stopped`, as a guest does that shuts down. */
async function stopInstance(stage: Stage) {
  const { primary } = stage;
  await awsOf(stage).stopInstance(primary.host);
  await delay(GUEST_NOTICES_AFTER_MS);
  await primary.server.stop();
  return nothingToUndo;
}

function awsOf({ aws }: Stage) {
  if (aws === null) throw new Error('there is no cloud here that could stop an instance; run it as a drill');
  return aws;
}
