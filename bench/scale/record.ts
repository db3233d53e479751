/**
 * Makes a recording: real servers, a real monitor that watches them for some rounds, and a wiretap in between.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { systemClock } from '../../lambdas/environment.ts';
import { databaseTarget } from '../../lambdas/database-target.ts';
import { RESERVE_MS } from '../../lambdas/monitor/lease.ts';
import { runMonitor } from '../../lambdas/monitor/run.ts';
import { mysqlDatabases } from '../../lib/adapters/mysql/index.ts';
import type { Engine } from '../../lib/core/config.ts';
import { findEngine } from '../../lab/packages/find-engine.ts';
import type { Databases } from '../../lib/ports/database.ts';
import { ACCOUNTS, startServers } from '../../test/contract/database-servers.ts';
import { FakeExecutions } from '../../test/fakes/fake-executions.ts';
import { memoryStateStore } from '../../test/fakes/memory-state-store.ts';
import { fleetConfig } from './fleet.ts';
import { fileOf, type Answer, type Recording } from './recording.ts';
import { wiretap } from './wiretap.ts';

/** Enough that everything was asked at least once, also what is asked now and then only. */
const WATCH_MS = 15_000;
const ROUND_MS = 1_000;
/** All connections of the bench are given one number: none of them is to be taken for this session. */
const NO_SESSION = '0';

/** Writes the recording of an engine, and answers what is in it, in words. */
export async function record(engine: Engine): Promise<string> {
  const build = await findEngine(engine, { onProgress: (text) => console.log(text) });
  const servers = await startServers(build);
  const all = [servers.primary, ...servers.replicas];
  const taps = await Promise.all(all.map(({ host, port }) => wiretap({ host: host.address, port })));
  try {
    const fleet = fleetConfig({ clusters: 1, engine, port: 3306, intervalMs: ROUND_MS, ca: null });
    const [like] = fleet.clusters;
    const [monitor] = fleet.monitors;
    if (like === undefined || monitor === undefined) throw new Error('a fleet has clusters and monitors');
    const nodes = like.nodes.map((node, index) => ({ ...node, address: all[index]?.host.address ?? node.address }));
    const cluster = { ...like, nodes };
    const config = { ...fleet, clusters: [cluster] };
    const databases = mysqlDatabases();
    const tapped: Databases = {
      connect(target) {
        const tap = taps[cluster.nodes.findIndex((node) => node.id === target.nodeId)];
        if (tap === undefined) throw new Error(`nobody listens in on ${target.nodeId}`);
        return databases.connect({ ...target, host: '127.0.0.1', port: tap.port });
      },
    };
    const endsAtMs = Date.now() + WATCH_MS;
    await runMonitor(
      {
        config,
        monitor,
        state: memoryStateStore(),
        databases: tapped,
        secrets: { credentials: async () => ACCOUNTS.monitor },
        executions: new FakeExecutions(),
        clock: systemClock,
        log: (line) => console.log(line),
      },
      { id: 'record', shard: 0, remainingMs: () => endsAtMs - Date.now() + RESERVE_MS },
    );
    // Asked of a replica only after a read of it was given up.
    for (const node of nodes) {
      const target = databaseTarget(cluster, node, { credentials: ACCOUNTS.monitor, timeoutMs: ROUND_MS });
      const server = await tapped.connect(target);
      await server.endReads([]);
      await server.close();
    }

    const { greeting, clientFlags } = taps[0]?.heard ?? { greeting: null, clientFlags: null };
    if (greeting === null || clientFlags === null) throw new Error('no connection was heard');
    const primaryAddress = servers.primary.host.address;
    const recording: Recording = {
      engine,
      version: build.version,
      greeting: greeting.toString('base64'),
      clientFlags,
      nodes: taps.map(({ heard }) =>
        [...heard.answers.values()]
          .toSorted((a, b) => (a.statement < b.statement ? -1 : 1))
          .map((answer) => timeless(answer, primaryAddress)),
      ),
    };
    const file = fileOf(engine);
    writeFileSync(file, await format(JSON.stringify(recording), { filepath: file, printWidth: 120 }));
    const statements = new Set(recording.nodes.flat().map(({ statement }) => statement));
    return `${file}: ${statements.size} statements of ${build.engine} ${build.version}`;
  } finally {
    for (const tap of taps) tap.close();
    await servers.close();
  }
}

/** Gives a name to what differs from look to look, and from cluster to cluster. */
function timeless(answer: Answer, primaryAddress: string): Answer {
  const rows = answer.rows.map((row) => {
    if (answer.statement === 'SHOW PROCESSLIST') return [NO_SESSION, ...row.slice(1)];
    const label = row.slice(0, 2).join(' ').toLowerCase();
    return row.map((value) => {
      if (value === null) return null;
      if (label.includes('heartbeats') && /^\d+$/.test(value)) return '{heartbeats}';
      if (label.includes('uptime') && /^\d+$/.test(value)) return '{uptime}';
      return value
        .replaceAll(primaryAddress, '{primary}')
        .replaceAll(/^3306$/g, '{port}')
        .replaceAll(/\b1[6-9]\d{11}\b/g, '{now}')
        .replaceAll(/\b(\d-\d+)-\d+\b/g, '$1-{sequence}')
        .replaceAll(/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}:(?:1-)?)\d+/g, '$1{sequence}');
    });
  });
  return { ...answer, rows };
}
