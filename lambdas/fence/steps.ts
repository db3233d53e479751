/**
 * Every step that a change asks of the function that fences by EC2, by the name that the state machine gives it.
 *
 * @module
 */
import type { Step } from '../step.ts';
import type { FenceContext } from './context.ts';
import { isolate } from './isolate.ts';
import { checkInstance, stopInstance } from './stop-instance.ts';

export const fenceSteps = {
  isolate,
  'stop-instance': stopInstance,
  'check-instance': checkInstance,
} satisfies Readonly<Record<string, Step<FenceContext>>>;
