/**
 * What a thousand clusters cost one monitor: `npm run bench:scale -- [--clusters 1,10,100,300,1000] [--seconds 30]
 * [--engine mariadb|mysql] [--tls] [--dynamodb] [--profile] [--record]
 * [--processor 0.5] [--node-options "--max-semi-space-size=32"]`.
 *
 * One process is a monitor as a function runs it, bundled, with its real loop and its real driver, on one core. Another
 * is every database server, on the other core, answering what real ones were recorded to answer. It fails nobody: it
 * ends with 0 whether the goals hold or not, unless it could not run.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { monitorNodeOptions } from '../lib/constructs/monitor-size.ts';
import type { Engine } from '../lib/core/config.ts';
import { certificateFor } from './scale/certificate.ts';
import { startDynamodb } from './scale/dynamodb.ts';
import { measure, startNodes } from './scale/processes.ts';
import { hotSpots } from './scale/profile.ts';
import { record } from './scale/record.ts';
import { fileOf } from './scale/recording.ts';
import { growth, machine, rowOf, tableOf } from './scale/table.ts';

const { values } = parseArgs({
  options: {
    clusters: { type: 'string', default: '1,10,100,300,1000' },
    seconds: { type: 'string', default: '30' },
    'warm-up': { type: 'string', default: '12' },
    interval: { type: 'string', default: '1000' },
    engine: { type: 'string', default: 'mariadb' },
    tls: { type: 'boolean', default: false },
    dynamodb: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    processor: { type: 'string', default: '1' },
    'node-options': { type: 'string', default: '' },
  },
});
const engine = engineOf(values.engine);

if (values.record) console.log(await record(engine));
else await bench();

async function bench(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'db-failover-scale-'));
  const certificate = values.tls ? await certificateFor() : null;
  const table = values.dynamodb ? await startDynamodb() : null;
  const nodes = await startNodes({ directory, recording: fileOf(engine), certificate });
  try {
    console.log(machine());
    const transport = values.tls ? 'TLS' : 'plain TCP';
    const state = table === null ? 'state in memory' : 'state over the wire, in a DynamoDB stand-in';
    console.log(`${engine}, ${transport}, a round each ${values.interval} ms, ${values.seconds} s each, ${state}`);
    const rows = [];
    for (const clusters of values.clusters.split(',').map(Number)) {
      const figures = await measure({
        directory,
        profile: values.profile,
        processor: Number(values.processor),
        // As its function has them; what comes later wins.
        nodeOptions: `${monitorNodeOptions(clusters)} ${values['node-options']}`.trim().split(' '),
        spec: {
          clusters,
          engine,
          port: nodes.port,
          intervalMs: Number(values.interval),
          ca: certificate?.ca ?? null,
          warmUpSeconds: Number(values['warm-up']),
          seconds: Number(values.seconds),
          dynamodb: table?.endpoint ?? null,
        },
      });
      const row = rowOf(clusters, figures);
      rows.push(row);
      console.log(row.told);
      if (values.profile) console.log(hotSpots(directory));
    }
    console.log(`\n${tableOf(rows)}\n\n${growth(rows)}`);
    for (const statement of nodes.unknown) console.log(`not recorded, so answered with an error: ${statement}`);
  } finally {
    nodes.end();
    table?.end();
    rmSync(directory, { recursive: true });
  }
}

function engineOf(text: string): Engine {
  if (text === 'mariadb' || text === 'mysql') return text;
  throw new Error(`--engine: received "${text}"; use mariadb or mysql`);
}
