/**
 * Every step of the function that fences by EC2, by the name that the state machine gives it.
 *
 * @module
 */
import type { Step } from '../step.ts';
import type { FenceContext } from './context.ts';
import { isolate } from './isolate.ts';
import { ready } from './ready.ts';
import { checkInstance, stopInstance } from './stop-instance.ts';

export const fenceSteps = {
  ready,
  isolate,
  'stop-instance': stopInstance,
  'check-instance': checkInstance,
} satisfies Readonly<Record<string, Step<FenceContext>>>;
