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
import type { DatabaseContext } from './context.ts';
import { databaseSteps } from './steps.ts';

const context: DatabaseContext = {
  config: deployedConfig(),
  state: dynamodbState(variable('TABLE_NAME')),
  databases: mysqlDatabases(),
  secrets: secretsManagerSecrets(),
  clock: systemClock,
};

export const handler = dispatcher(databaseSteps, context);
