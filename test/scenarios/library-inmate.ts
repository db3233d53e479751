/**
 * A program of a user's that starts a lab in a sandbox, parts its primary from the rest, and prints what came of it.
 *
 * @module
 */
import { startLab } from 'cdk-db-failover/lab';

await using lab = await startLab({
  topology: { replicas: 3, zones: 'three' },
  detection: { intervalMs: 500, failures: 2 },
  aws: { apiLatency: 0, stopTimeMs: 500 },
  faults: [{ service: 'ec2', action: 'StopInstances', count: 1, fault: { kind: 'throttle' } }],
});
const before = await lab.connect();
await before.query('CREATE TABLE kept (id INT)');
await before.query('INSERT INTO kept VALUES (7)');
before.destroy();
const undo = await lab.faults.partition('db-1');
const { oldPrimary, newPrimary, possibleLoss } = await lab.waitForFailover();
await undo();
const after = await lab.connect();
const [kept] = await after.query('SELECT id FROM kept');
after.destroy();
const nodes = lab.nodes.map(({ id, availabilityZone }) => `${id} ${availabilityZone}`);
process.stdout.write(`${JSON.stringify({ oldPrimary, newPrimary, possibleLoss, kept, nodes })}\n`);
