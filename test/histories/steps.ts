/**
 * The steps that histories run: the real ones, or one that a test has broken on purpose.
 *
 * @module
 */
import type { DatabaseContext } from '../../lambdas/database/context.ts';
import { databaseSteps } from '../../lambdas/database/steps.ts';
import type { FenceContext } from '../../lambdas/fence/context.ts';
import { fenceSteps } from '../../lambdas/fence/steps.ts';
import type { NetworkContext } from '../../lambdas/network/context.ts';
import { networkSteps } from '../../lambdas/network/steps.ts';
import type { Step } from '../../lambdas/step.ts';

export interface Steps {
  readonly database: Readonly<Record<string, Step<DatabaseContext>>>;
  readonly network: Readonly<Record<string, Step<NetworkContext>>>;
  readonly fence: Readonly<Record<string, Step<FenceContext>>>;
}

export const REAL_STEPS: Steps = { database: databaseSteps, network: networkSteps, fence: fenceSteps };
