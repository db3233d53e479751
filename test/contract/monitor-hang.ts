import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { startAcknowledging, stopAcknowledging } from './database-connection.ts';
import { soon, startServers, type TestServers } from './database-servers.ts';
import { clusterFor, DETECTION, watchReal, type RealMonitors } from './real-monitors.ts';

const ROUNDS = 20;
const STALL_MS = ROUNDS * DETECTION.intervalMs;

export function hangClaims(engine: Engine, build: EngineBuild): void {
  describe('a monitor of a primary whose writes hang', () => {
    let servers: TestServers;
    let monitor: RealMonitors;
    beforeAll(async () => {
      servers = await startServers(build);
      monitor = watchReal(clusterFor(engine, servers), undefined, ['a']);
    });
    afterAll(async () => {
      await monitor.close();
      await servers.close();
    });

    const verdicts = async () => (await monitor.votes()).map((vote) => vote.verdict);
    const sessions = async (): Promise<readonly string[]> => {
      const sql = "SELECT ID AS id FROM information_schema.processlist WHERE USER = 'monitor' ORDER BY ID";
      return (await servers.ask(servers.primary, sql)).map((row) => String(row['id']));
    };
    const newestBeat = async () =>
      Number((await servers.ask(servers.primary, 'SELECT MAX(sequence) AS n FROM failover.heartbeat'))[0]?.['n']);

    it('has never more than two sessions there while nobody acknowledges, and writes over the same ones afterwards', async () => {
      await expect.poll(verdicts, soon).toEqual(['alive']);
      const before = await sessions();
      expect(before).toHaveLength(2);
      await stopAcknowledging(servers);
      await expect.poll(verdicts, soon).toEqual(['suspect']);
      const untilMs = Date.now() + STALL_MS;
      while (Date.now() < untilMs) {
        expect(await sessions()).toEqual(before);
        await delay(DETECTION.intervalMs);
      }
      await startAcknowledging(servers);
      await expect.poll(verdicts, soon).toEqual(['alive']);
      expect(await sessions()).toEqual(before);
      const written = await newestBeat();
      await expect.poll(newestBeat, soon).toBeGreaterThan(written);
      expect(monitor.started).toEqual([]);
    });

    it('leaves one hanging behind it at most when its invocation ends, and whoever comes after adds none', async () => {
      await expect.poll(verdicts, soon).toEqual(['alive']);
      await stopAcknowledging(servers);
      await expect.poll(verdicts, soon).toEqual(['suspect']);
      await monitor.close();
      for (let invocation = 0; invocation < 3; invocation += 1) {
        monitor = watchReal(clusterFor(engine, servers), undefined, ['a']);
        await expect.poll(verdicts, soon).toEqual(['suspect']);
        await delay(5 * DETECTION.intervalMs);
        // The one of before that hangs, and the one that reads.
        await expect.poll(async () => (await sessions()).length, soon).toBeLessThanOrEqual(2);
        if (invocation < 2) await monitor.close();
      }
      await startAcknowledging(servers);
      await expect.poll(verdicts, soon).toEqual(['alive']);
    });

    it('has never more than two sessions there once a frozen server goes on', async () => {
      await servers.primary.freeze();
      await delay(STALL_MS);
      servers.primary.thaw();
      await expect.poll(verdicts, soon).toEqual(['alive']);
      for (let round = 0; round < 5; round += 1) {
        await expect.poll(async () => (await sessions()).length, soon).toBeLessThanOrEqual(2);
        await delay(DETECTION.intervalMs);
      }
      const written = await newestBeat();
      await expect.poll(newestBeat, soon).toBeGreaterThan(written);
    });
  });
}
