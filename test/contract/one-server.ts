/**
 * A single server of an engine, asked as root over its socket: for what servers know by themselves.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { messageOf } from '../../lib/core/errors.ts';
import { startServer } from '../../lab/mysql/lab-server.ts';
import { openNetwork } from '../../lab/net/open-network.ts';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { findEngine } from '../../lab/packages/find-engine.ts';
import type { Row } from './database-servers.ts';

const STATEMENT_TIMEOUT_MS = 10_000;

export interface OneServer {
  /** @throws Error with the server's own words */
  ask(sql: string, values?: readonly string[]): Promise<readonly Row[]>;
  close(): Promise<void>;
}

export async function startOneServer(build: EngineBuild): Promise<OneServer> {
  const network = await openNetwork({ kind: 'loopback', tools: {} });
  const directory = await mkdtemp(path.join(tmpdir(), 'db-'));
  try {
    const host = await network.addHost({ name: 'db-1', address: `${network.prefix}.1.11` });
    const server = await startServer({ build, host, serverId: 1, dataDirectory: path.join(directory, 'db-1') });
    const connection = await server.adminConnect();
    return {
      async ask(sql, values = []) {
        const [rows] = await connection.query({ sql, values: [...values], timeout: STATEMENT_TIMEOUT_MS });
        return Array.isArray(rows) ? (rows as Row[]) : [];
      },
      async close() {
        connection.destroy();
        await server.kill();
        await network.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await network.close();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** Runs claims on the engine's server, or skips them with the reason in the name. */
export async function onEngine(engine: Engine, about: string, claims: (build: EngineBuild) => void): Promise<void> {
  const found = await findEngine(engine).catch((error: unknown) => messageOf(error));
  const [build, version] = typeof found === 'string' ? [undefined, `(SKIPPED: ${found})`] : [found, found.version];
  describe.skipIf(build === undefined)(`${about} ${engine} ${version}`, () => {
    claims(build!);
  });
}
