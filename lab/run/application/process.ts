/**
 * The application of a drill, as a process on its own host: one connection through the VIP, a write every few
 * milliseconds, each with its own id, and never a write sent twice. It behaves as a careful client should: short
 * timeouts, and a new connection after any failure. What it was told goes to the drill over IPC.
 *
 * @module
 */
import { Resolver } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { createConnection, type Connection } from 'mysql2/promise';
import type { ApplicationSettings, FromApplication, ToApplication, WriteRecord } from './protocol.ts';

const settings = JSON.parse(process.argv[2] ?? '{}') as ApplicationSettings;
/** Errors by which a server says that a write did not happen: it is read-only, or on its way out. */
const REFUSALS = new Set([1290, 1792, 1836, 1053, 3032]);
const PAUSE_AFTER_FAILURE_MS = 10;
const REPORT_EVERY_MS = 50;

const stopping = new AbortController();
let pending: WriteRecord[] = [];
let resolved: { address: string; untilMs: number } | null = null;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

process.on('message', (message: ToApplication) => {
  if (message.type === 'stop') stopping.abort();
});
// Without the drill there is nobody to write for.
process.on('disconnect', () => process.exit(0));

setInterval(report, REPORT_EVERY_MS).unref();
await write();
report();
process.send?.({ type: 'stopped' } satisfies FromApplication);
process.disconnect();

async function write(): Promise<void> {
  let connection: Connection | null = null;
  let server = '';
  let nextAtMs = Date.now();
  for (let n = 1; !stopping.signal.aborted; n += 1) {
    if (connection === null) {
      try {
        [connection, server] = await connect();
      } catch {
        await sleep(PAUSE_AFTER_FAILURE_MS);
        continue;
      }
    }
    const id = `${settings.name}-${n}`;
    const sentAtMs = Date.now();
    const outcome = await writeOnce(connection, id, sentAtMs);
    pending.push({ id, sentAtMs, doneAtMs: Date.now(), outcome, server });
    if (outcome !== 'acknowledged') {
      connection.destroy();
      connection = null;
      await sleep(PAUSE_AFTER_FAILURE_MS);
    }
    nextAtMs = Math.max(nextAtMs + settings.everyMs, Date.now());
    await sleep(nextAtMs - Date.now());
  }
  connection?.destroy();
}

async function writeOnce(connection: Connection, id: string, sentAtMs: number): Promise<WriteRecord['outcome']> {
  try {
    await within(
      settings.writeTimeoutMs,
      connection.query('INSERT INTO writes (id, sent_at_ms) VALUES (?, ?)', [id, sentAtMs]),
    );
    return 'acknowledged';
  } catch (error) {
    return REFUSALS.has(errno(error)) ? 'refused' : 'unknown';
  }
}

async function connect(): Promise<[Connection, string]> {
  const host = await address();
  const opening = createConnection({
    host,
    port: settings.port,
    user: settings.user,
    password: settings.password,
    database: settings.database,
    connectTimeout: settings.connectTimeoutMs,
  });
  // mysql2's own timeout does not cover a server that accepts and then hangs in the handshake.
  const connection = await within(settings.connectTimeoutMs, opening).catch((error: unknown) => {
    void opening.then(
      (late) => late.destroy(),
      () => {},
    );
    throw error;
  });
  connection.on('error', () => {});
  try {
    const [rows] = await within(
      settings.connectTimeoutMs,
      connection.query(`SELECT @@${settings.identityVariable} AS identity`),
    );
    return [connection, String((rows as { identity: unknown }[])[0]?.identity)];
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** Resolves the name as a client with a cache does: an answer is kept for its TTL. */
async function address(): Promise<string> {
  if (isIPv4(settings.host) || settings.dnsServer === null) return settings.host;
  if (resolved !== null && Date.now() < resolved.untilMs) return resolved.address;
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([settings.dnsServer]);
  const [answer] = await resolver.resolve4(settings.host, { ttl: true });
  if (answer === undefined) throw new Error(`${settings.host} has no address`);
  resolved = { address: answer.address, untilMs: Date.now() + answer.ttl * 1_000 };
  return answer.address;
}

function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function errno(error: unknown): number {
  return typeof error === 'object' && error !== null && 'errno' in error ? Number(error.errno) : 0;
}

function report(): void {
  if (pending.length === 0) return;
  process.send?.({ type: 'writes', writes: pending } satisfies FromApplication);
  pending = [];
}
