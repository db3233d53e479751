/**
 * Handovers as they are in the lab: the deployed monitors, in processes of their own, on real servers, started by a
 * scheduler that is late, fires twice and misses minutes. A function may run for less than on AWS, so that there is a
 * handover each minute. What is measured is what the primary was sent: the beats of each monitor, by their own times,
 * which all come from the clock of this machine.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { seededJitter } from '../lab/cloud/services/schedule-jitter.ts';
import { openNetwork } from '../lab/net/open-network.ts';
import { enterSandbox, insideSandbox, probeNamespaces, sandboxWorkDirectory } from '../lab/net/sandbox.ts';
import { findEngine } from '../lab/packages/find-engine.ts';
import { findTool } from '../lab/packages/find-tool.ts';
import { startLab, type Lab } from '../lab/run/lab.ts';
import * as topology from '../lab/run/topology.ts';

const INTERVAL_MS = 1_000;
/** What a handover may add to the interval, in milliseconds. */
const HANDOVER_MS = 200;
/**
 * Who has so little left is relieved by whoever comes. Less would not do: half a minute is kept back for the end, and
 * invocations may be three minutes apart.
 */
const FUNCTION_TIMEOUT_MS = 230_000;
const LOOK_EVERY_MS = 20;
/** Long enough for the first invocations to load and for every monitor to have beaten. */
const WARM_UP_MS = 10_000;

interface Beats {
  readonly gapsMs: number[];
  readonly roundsMs: number[];
}

/** Answers what the process should end with. @param file that called it, which is run again inside a sandbox */
export async function measureInLab(
  file: string,
  argv: readonly string[],
  minutes: number,
  seed: number,
): Promise<number> {
  const onProgress = (line: string) => console.log(line);
  const build = await findEngine('mariadb', { onProgress });
  const nft = await findTool('nft', { onProgress });
  if (!insideSandbox()) return enterSandbox(file, [...argv], { support: await probeNamespaces() });
  const network = await openNetwork({ kind: 'namespaces', tools: { nft } });
  let number = 0;
  const lab = await startLab({
    network,
    build,
    directory: sandboxWorkDirectory,
    detection: { intervalMs: INTERVAL_MS, timeoutMs: 1_000, failures: 3 },
    semiSync: 'required',
    apiLatency: 1,
    stopTimeMs: 10_000,
    onEvent: (event) => {
      if (event.type === 'fault') console.log(`the lab itself failed: ${String(event.error)}`);
    },
    pace: {
      scheduleJitterOf: () => seededJitter({ seed: seed + (number += 1) }),
      functionTimeoutOf: ({ environment, timeoutMs }) =>
        environment['MONITOR_ID'] === undefined ? timeoutMs : FUNCTION_TIMEOUT_MS,
    },
  });
  try {
    await delay(WARM_UP_MS);
    return report(await watchBeats(lab, minutes), minutes);
  } finally {
    await lab.close();
    await network.close();
  }
}

async function watchBeats(lab: Lab, minutes: number): Promise<Beats> {
  const primary = lab.servers.get(topology.PRIMARY);
  if (primary === undefined) throw new Error('the lab has no primary');
  const connection = await primary.adminConnect();
  const beats: Beats = { gapsMs: [], roundsMs: [] };
  const latest = new Map<string, { atMs: number; sequence: number }>();
  const untilMs = Date.now() + minutes * 60_000;
  try {
    while (Date.now() < untilMs) {
      const [rows] = await connection.query<RowDataPacket[]>(
        'SELECT monitor, written_at_ms AS atMs, sequence FROM failover.heartbeat',
      );
      for (const row of rows) {
        const monitor = String(row['monitor']);
        const beat = { atMs: Number(row['atMs']), sequence: Number(row['sequence']) };
        const before = latest.get(monitor);
        latest.set(monitor, beat);
        if (before === undefined || before.atMs === beat.atMs) continue;
        // An invocation counts its rounds from one.
        (beat.sequence < before.sequence ? beats.gapsMs : beats.roundsMs).push(beat.atMs - before.atMs);
      }
      await delay(LOOK_EVERY_MS);
    }
  } finally {
    await connection.end();
  }
  return beats;
}

function report({ gapsMs, roundsMs }: Beats, minutes: number): number {
  const boundMs = INTERVAL_MS + HANDOVER_MS;
  const tooLong = gapsMs.filter((gapMs) => gapMs > boundMs).length;
  console.log(`${minutes} min of three monitors, a round each ${INTERVAL_MS} ms`);
  console.log(`between two rounds of one invocation: ${rangeOf(roundsMs)}`);
  console.log(`from one invocation to the next: ${rangeOf(gapsMs)}; over ${boundMs} ms: ${tooLong}`);
  return gapsMs.length > 0 && tooLong === 0 ? 0 : 1;
}

function rangeOf(all: readonly number[]): string {
  const sorted = [...all].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
  return `${sorted.length}, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${sorted.at(-1)} ms`;
}
