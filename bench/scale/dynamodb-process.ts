/**
 * The process of the DynamoDB stand-in: says its port over IPC and ends with its parent.
 *
 * @module
 */
import { once } from 'node:events';
import dynalite from 'dynalite';

const server = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
process.send?.(address.port);
process.on('disconnect', () => process.exit());
