/**
 * The function inside the VPC: every step that speaks SQL.
 *
 * @module
 */
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { secretsManagerSecrets } from '../../lib/adapters/aws/secrets-manager-secrets.ts';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import { deployedConfig, systemClock, variable } from '../environment.ts';
import { dispatcher } from '../step.ts';
import { bootReadOnly } from './boot-read-only.ts';
import { confirm } from './confirm.ts';
import type { DatabaseContext } from './context.ts';
import { demote } from './demote.ts';
import { plan } from './plan.ts';
import { promote } from './promote.ts';
import { prove } from './prove.ts';
import { ready } from './ready.ts';
import { repoint } from './repoint.ts';
import { revokeAcks } from './revoke-acks.ts';
import { settle } from './settle.ts';
import { verifyRoute } from './verify-route.ts';

const context: DatabaseContext = {
  config: deployedConfig(),
  state: dynamodbState(variable('TABLE_NAME')),
  databases: mysqlDatabases(),
  secrets: secretsManagerSecrets(),
  clock: systemClock,
};

export const databaseSteps = {
  ready,
  confirm,
  plan,
  'revoke-acks': revokeAcks,
  demote,
  prove,
  settle,
  promote,
  'verify-route': verifyRoute,
  repoint,
  'boot-read-only': bootReadOnly,
};

export const handler = dispatcher(databaseSteps, context);
