/**
 * Every step that a change asks of the function that keeps the state and leads clients elsewhere, by the name that the
 * state machine gives it.
 *
 * @module
 */
import type { Step } from '../step.ts';
import { close } from './close.ts';
import type { NetworkContext } from './context.ts';
import { halt } from './halt.ts';
import { instanceState } from './instance-state.ts';
import { moveAddress } from './move-address.ts';
import { open } from './open.ts';
import { pointRecord } from './point-record.ts';
import { standDown } from './stand-down.ts';

export const networkSteps = {
  open,
  'instance-state': instanceState,
  'move-address': moveAddress,
  'point-record': pointRecord,
  close,
  'stand-down': standDown,
  halt,
} satisfies Readonly<Record<string, Step<NetworkContext>>>;
