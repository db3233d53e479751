/**
 * The process of the DynamoDB stand-in: says its endpoint over IPC and ends with its parent.
 *
 * @module
 */
import { startDynamoDb } from '../../test/fakes/dynamodb-server.ts';

const { endpoint } = await startDynamoDb();
process.send?.(endpoint);
process.on('disconnect', () => process.exit());
