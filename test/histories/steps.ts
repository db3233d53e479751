/**
 * Every step that the workflow calls, in the function that has it; as the functions' own modules have them, which can't
 * be loaded without an environment.
 *
 * @module
 */
import { confirm } from '../../lambdas/database/confirm.ts';
import { demote } from '../../lambdas/database/demote.ts';
import { plan } from '../../lambdas/database/plan.ts';
import { promote } from '../../lambdas/database/promote.ts';
import { prove } from '../../lambdas/database/prove.ts';
import { repoint } from '../../lambdas/database/repoint.ts';
import { revokeAcks } from '../../lambdas/database/revoke-acks.ts';
import { settle } from '../../lambdas/database/settle.ts';
import { verifyRoute } from '../../lambdas/database/verify-route.ts';
import { isolate } from '../../lambdas/fence/isolate.ts';
import { checkInstance, stopInstance } from '../../lambdas/fence/stop-instance.ts';
import { close } from '../../lambdas/network/close.ts';
import { halt } from '../../lambdas/network/halt.ts';
import { moveAddress } from '../../lambdas/network/move-address.ts';
import { open } from '../../lambdas/network/open.ts';
import { pointRecord } from '../../lambdas/network/point-record.ts';
import type { DatabaseContext } from '../../lambdas/database/context.ts';
import type { FenceContext } from '../../lambdas/fence/context.ts';
import type { NetworkContext } from '../../lambdas/network/context.ts';
import { standDown } from '../../lambdas/network/stand-down.ts';
import type { Step } from '../../lambdas/step.ts';

export interface Steps {
  readonly database: Readonly<Record<string, Step<DatabaseContext>>>;
  readonly network: Readonly<Record<string, Step<NetworkContext>>>;
  readonly fence: Readonly<Record<string, Step<FenceContext>>>;
}

export const REAL_STEPS: Steps = {
  database: {
    confirm,
    plan,
    'revoke-acks': revokeAcks,
    demote,
    prove,
    settle,
    promote,
    'verify-route': verifyRoute,
    repoint,
  },
  network: {
    open,
    'move-address': moveAddress,
    'point-record': pointRecord,
    close,
    'stand-down': standDown,
    halt,
  },
  fence: { isolate, 'stop-instance': stopInstance, 'check-instance': checkInstance },
};
