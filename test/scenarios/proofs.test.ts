/**
 * What proves a fence, on real servers and through the deployed stack: which proof allows a promotion, how soon, and that
 * nothing is promoted without one.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LabServer } from '../../lab/mysql/lab-server.ts';
import { openNetwork } from '../../lab/net/open-network.ts';
import { probeNamespaces } from '../../lab/net/sandbox.ts';
import { findEngine } from '../../lab/packages/find-engine.ts';
import { PackageUnavailable } from '../../lab/packages/package-error.ts';
import { startLab, type Lab } from '../../lab/run/lab.ts';
import { until } from '../../lab/run/until.ts';
import { QUICK, runDrill } from './run-drill.ts';

const support = await probeNamespaces();
const why = support.kind === 'none' ? ` (skipped, no namespaces: ${support.reason})` : '';
const unavailable = async (engine: 'mariadb' | 'mysql') =>
  findEngine(engine).then(
    () => null,
    (error: unknown) => {
      if (error instanceof PackageUnavailable) return error.message;
      throw error;
    },
  );
const lacking = { mariadb: await unavailable('mariadb'), mysql: await unavailable('mysql') };

/** Longer than any way that does not wait for EC2. */
const STOP = ['--stop-time', '12s'];
const SOON_MS = 10_000;

/** Drills until a failover is done; what allowed the promotion, and when the other evidence was there. */
async function drilled(...args: readonly string[]) {
  const { report, output, exitCode } = await runDrill([...QUICK, ...STOP, ...args]);
  const run = report?.runs[0];
  if (run === undefined) throw new Error(`the drill wrote no report (exit ${exitCode}):\n${output}`);
  expect(run.violations).toEqual([]);
  const at = (kind: string) => run.proofs.find((proof) => proof.kind === kind)?.atMs ?? Number.NaN;
  return { allowedBy: run.proofs.find((proof) => proof.allowedPromotion)?.kind, rtoMs: run.rtoMs, at, run };
}

describe.skipIf(support.kind === 'none')(`a failover does not wait for EC2${why}`, () => {
  for (const engine of ['mariadb', 'mysql'] as const) {
    const skipped = lacking[engine];
    describe.skipIf(skipped !== null)(`on ${engine}${skipped === null ? '' : ` (skipped: ${skipped})`}`, () => {
      it('[invariant 1] after a crash without semi-sync, as the dead server is known to boot read-only', async () => {
        const { allowedBy, rtoMs, at } = await drilled('--engine', engine, '--semi-sync', 'off');
        expect(allowedBy).toBe('dead-and-boots-read-only');
        expect(rtoMs).toBeLessThan(SOON_MS);
        // It was refused for a second before.
        expect(at('dead-and-boots-read-only')).toBeGreaterThan(1_000);
        expect(at('instance-stopped')).toBeGreaterThan(12_000);
      });
    });
  }

  it.each(['hang', 'power'])('[invariant 1] with semi-sync, of a primary that is silent (%s)', async (scenario) => {
    const { allowedBy, rtoMs, run } = await drilled('--scenario', scenario);
    expect(allowedBy).toBe('acks-revoked');
    expect(rtoMs).toBeLessThan(SOON_MS);
    // A silent port is no closed one.
    expect(run.proofs.map((proof) => proof.kind)).not.toContain('dead-and-boots-read-only');
  });
});

describe.skipIf(lacking.mariadb !== null)('without a proof before the deadline', () => {
  const DEADLINE_SECONDS = 10;
  const HALTS_WITHIN_MS = 90_000;

  it.each<[string, boolean, (primary: LabServer) => Promise<void>, RegExp]>([
    ['hangs without semi-sync', true, (primary) => primary.freeze(), /as seen from 0 zones/],
    ['has crashed, and nobody knows how it boots', false, (primary) => primary.kill(), /not known to boot read-only/],
  ])(
    '[invariants 1, 6] nobody is promoted when the primary %s and EC2 does not stop it, and a person is told',
    async (_, declaresBootReadOnly, fault, lacked) => {
      const halted = await haltedAfter({ declaresBootReadOnly, fenceDeadlineSeconds: DEADLINE_SECONDS }, fault);
      expect(halted.state).toMatchObject({ phase: 'halted', primary: 'db-1', epoch: 2, holder: null });
      const codes = halted.journal.map((event) => event.code);
      expect(codes).toEqual(expect.arrayContaining(['fence-unproven', 'halted']));
      for (const code of ['fence-proven', 'settled', 'promoted', 'address-moved', 'record-changed']) {
        expect(codes).not.toContain(code);
      }
      expect(halted.journal.find((event) => event.code === 'fence-unproven')).toMatchObject({
        because: expect.stringMatching(lacked),
      });
      expect(halted.replicasReadOnly).toEqual([true, true]);
    },
  );

  /** Makes a fault in a lab whose EC2 takes minutes to stop anything, and waits until the cluster is halted. */
  async function haltedAfter(
    options: { readonly declaresBootReadOnly: boolean; readonly fenceDeadlineSeconds: number },
    fault: (primary: LabServer) => Promise<void>,
  ) {
    const network = await openNetwork({ kind: 'loopback', tools: {} });
    const directory = await mkdtemp(join(tmpdir(), 'dbf-'));
    const signal = AbortSignal.timeout(240_000);
    let lab: Lab | undefined;
    try {
      const { state, servers, cluster } = (lab = await startLab({
        network,
        directory,
        build: await findEngine('mariadb'),
        semiSync: 'off',
        detection: { intervalMs: 500, timeoutMs: 500, failures: 2 },
        apiLatency: 0,
        stopTimeMs: 600_000,
        onEvent: () => {},
        ...options,
      }));
      await until('every monitor sees the primary alive', 60_000, signal, async () => {
        const alive = (await state.votes(cluster.id)).filter((vote) => vote.verdict === 'alive');
        return alive.length === 3 ? true : undefined;
      });
      await fault(serverOf(servers, 'db-1'));
      const halted = await until('the halt', HALTS_WITHIN_MS, signal, async () => {
        const record = await state.read(cluster.id);
        return record?.phase === 'halted' ? record : undefined;
      });
      const journal = await until('the word of the halt', 10_000, signal, async () => {
        const events = await state.journal(cluster.id, 2);
        return events.some((event) => event.code === 'halted') ? events : undefined;
      });
      const replicasReadOnly = await Promise.all(
        ['db-2', 'db-3'].map(async (name) => {
          const connection = await serverOf(servers, name).adminConnect();
          const [rows] = await connection.query('SELECT @@GLOBAL.read_only AS closed');
          connection.destroy();
          return (rows as { closed: number }[])[0]?.closed === 1;
        }),
      );
      return { state: halted, journal, replicasReadOnly };
    } finally {
      await lab?.close();
      await network.close();
      await rm(directory, { recursive: true, force: true });
    }
  }
});

function serverOf(servers: ReadonlyMap<string, LabServer>, name: string): LabServer {
  const server = servers.get(name);
  if (server === undefined) throw new Error(`the lab has no server ${name}`);
  return server;
}
