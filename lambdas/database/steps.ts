/**
 * Every step that a change asks of the function inside the VPC, by the name that the state machine gives it.
 *
 * @module
 */
import type { Step } from '../step.ts';
import { bootReadOnly } from './boot-read-only.ts';
import { confirm } from './confirm.ts';
import type { DatabaseContext } from './context.ts';
import { demote } from './demote.ts';
import { plan } from './plan.ts';
import { promote } from './promote.ts';
import { prove } from './prove.ts';
import { reopen } from './reopen.ts';
import { repoint } from './repoint.ts';
import { revokeAcks } from './revoke-acks.ts';
import { settle } from './settle.ts';
import { verifyRoute } from './verify-route.ts';

export const databaseSteps = {
  confirm,
  plan,
  reopen,
  'revoke-acks': revokeAcks,
  demote,
  prove,
  settle,
  promote,
  'verify-route': verifyRoute,
  repoint,
  'boot-read-only': bootReadOnly,
} satisfies Readonly<Record<string, Step<DatabaseContext>>>;
