/**
 * The function inside the VPC: every step that speaks SQL, and their rehearsal.
 *
 * @module
 */
import { dynamodbState } from '../../lib/adapters/aws/dynamodb-state.ts';
import { secretsManagerSecrets } from '../../lib/adapters/aws/secrets-manager-secrets.ts';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import { mysqlInspector } from '../../lib/adapters/mysql/inspect.ts';
import { deployedConfig, systemClock, variable } from '../environment.ts';
import { dispatcher } from '../step.ts';
import { rehearse, type DatabaseRehearsalContext } from './rehearse.ts';
import { databaseSteps } from './steps.ts';

const context: DatabaseRehearsalContext = {
  config: deployedConfig(),
  state: dynamodbState(variable('TABLE_NAME')),
  databases: mysqlDatabases(),
  inspector: mysqlInspector(),
  secrets: secretsManagerSecrets(),
  clock: systemClock,
};

export const handler = dispatcher({ ...databaseSteps, rehearse }, context);
