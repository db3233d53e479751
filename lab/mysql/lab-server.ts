/**
 * A real database server on a host of the lab.
 *
 * It is an operating system process and is treated as one: it can be killed, frozen, and started again on the data
 * that it left. Administration goes over its Unix socket, which no fault of the network reaches.
 *
 * @module
 */
import type { ChildProcess } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Connection, createConnection } from 'mysql2/promise';
import { isStopped } from '../net/namespace-processes.ts';
import type { Host } from '../net/network.ts';
import type { EngineBuild } from '../packages/engine-build.ts';
import type { Certificate } from './certificates.ts';
import { copyTemplate, dataTemplate } from './data-template.ts';
import { renderServerConfig, serverPaths, type ServerSettings } from './server-config.ts';

const startTimeoutMs = 30_000;
const stopTimeoutMs = 20_000;
const freezeTimeoutMs = 2_000;
const pollMs = 5;
const connectTimeoutMs = 5_000;
/** Longest path of a Unix socket, its final zero left out. */
const longestSocketPath = 107;

export interface ServerSpec {
  readonly build: EngineBuild;
  readonly host: Host;
  /** Unique in its replication set, from 1. */
  readonly serverId: number;
  /** A directory of its own, which must not be there yet. */
  readonly dataDirectory: string;
  readonly port?: number;
  /** Default: on. */
  readonly semiSync?: boolean;
  /** What it speaks TLS with; without it, it speaks none. */
  readonly certificate?: Certificate | undefined;
}

export interface LabServer {
  readonly host: Host;
  readonly serverId: number;
  /** The port at which other hosts reach it, at the host's address. */
  readonly port: number;
  readonly build: EngineBuild;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** From its next start on it speaks TLS with this certificate; with none, it speaks no TLS. */
  present(certificate: Certificate | undefined): Promise<void>;
  /** A connection as `root` over its Unix socket; the caller ends it. Every query of it can still hang: bound them. */
  adminConnect(): Promise<Connection>;
  /** SIGKILL: what a crash does. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: connections open, nothing answers. Resolves when every thread stands still. */
  freeze(): Promise<void>;
  thaw(): void;
  /** Ends it in good order, by force after 20 s. */
  stop(): Promise<void>;
  /** Boots it on the data that it left. Resolves when it answers. */
  start(): Promise<void>;
  /** The last lines of its log. */
  log(lines?: number): Promise<string>;
}

/**
 * Makes a data directory from the template and starts a server on it. It answers when this resolves, and is read-only.
 *
 * @throws Error with the end of the server's log when it does not come up within 30 s
 */
export async function startServer(spec: ServerSpec): Promise<LabServer> {
  const { build, host, serverId, dataDirectory, port = 3306, semiSync = true, certificate } = spec;
  const paths = serverPaths(dataDirectory);
  if (Buffer.byteLength(paths.socket) > longestSocketPath) {
    throw new Error(`${paths.socket} is longer than ${longestSocketPath} bytes; give a shorter data directory`);
  }
  await copyTemplate(await dataTemplate(build), paths.data);
  const listen = await host.listen(port);
  const reported = { address: host.address, port };
  const settings = { build, serverId, directory: dataDirectory, listen, reported, semiSync };
  const server = new ServerProcess(host, settings);
  await server.present(certificate);
  await server.start();
  return server;
}

class ServerProcess implements LabServer {
  readonly host: Host;
  readonly serverId: number;
  readonly port: number;
  readonly build: EngineBuild;
  readonly #settings: Omit<ServerSettings, 'tls'>;
  readonly #paths: ReturnType<typeof serverPaths>;
  #process: ChildProcess | undefined;

  constructor(host: Host, settings: Omit<ServerSettings, 'tls'>) {
    this.host = host;
    this.serverId = settings.serverId;
    this.port = settings.reported.port;
    this.build = settings.build;
    this.#settings = settings;
    this.#paths = serverPaths(settings.directory);
  }

  get pid(): number | undefined {
    return this.#process !== undefined && isRunning(this.#process) ? this.#process.pid : undefined;
  }

  async present(certificate: Certificate | undefined): Promise<void> {
    const { options, certificate: file, key, ca } = this.#paths;
    if (certificate !== undefined) {
      await writeFile(file, certificate.certificatePem);
      await writeFile(key, certificate.keyPem, { mode: 0o600 });
      await writeFile(ca, certificate.caPem);
    }
    await writeFile(options, renderServerConfig({ ...this.#settings, tls: certificate !== undefined }));
  }

  async adminConnect(): Promise<Connection> {
    const connection = await createConnection({
      socketPath: this.#paths.socket,
      user: 'root',
      connectTimeout: connectTimeoutMs,
      supportBigNumbers: true,
    });
    // A server that is killed breaks its connections, which is no fault of the lab's process.
    connection.on('error', () => {});
    return connection;
  }

  async start(): Promise<void> {
    if (this.pid !== undefined) return;
    const { command, leadingArgs } = this.build.server;
    // What a killed server left: its socket, and MySQL's lock on it, which names a pid that may be another's by now.
    await rm(this.#paths.socket, { force: true });
    await rm(`${this.#paths.socket}.lock`, { force: true });
    const child = this.host.spawn(command, [...leadingArgs, `--defaults-file=${this.#paths.options}`], {
      stdio: 'ignore',
    });
    this.#process = child;
    let failure: Error | undefined;
    child.on('error', (error) => (failure = error));
    const giveUpAt = Date.now() + startTimeoutMs;
    for (;;) {
      if (failure !== undefined) throw await this.#startFailure(`can't be started: ${failure.message}`);
      if (!isRunning(child)) throw await this.#startFailure('ended while it started');
      if (await this.#answers()) return;
      if (Date.now() > giveUpAt) {
        await this.kill();
        throw await this.#startFailure(`did not answer within ${startTimeoutMs} ms`);
      }
      await delay(pollMs);
    }
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async freeze(): Promise<void> {
    const { pid } = this;
    if (pid === undefined) return;
    process.kill(pid, 'SIGSTOP');
    const giveUpAt = Date.now() + freezeTimeoutMs;
    while (!isStopped(pid)) {
      if (Date.now() > giveUpAt)
        throw new Error(`${this.host.name}: the server still runs ${freezeTimeoutMs} ms after SIGSTOP`);
      await delay(1);
    }
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const gone = this.#end('SIGTERM');
    const timer = setTimeout(() => this.#process?.kill('SIGKILL'), stopTimeoutMs);
    await gone.finally(() => clearTimeout(timer));
  }

  async log(lines = 20): Promise<string> {
    const text = await readFile(this.#paths.log, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || !isRunning(child)) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await gone;
  }

  async #answers(): Promise<boolean> {
    const connection = await this.adminConnect().catch(() => undefined);
    await connection?.end();
    return connection !== undefined;
  }

  async #startFailure(what: string): Promise<Error> {
    const log = await this.log();
    const who = `${this.build.engine} ${this.build.version} on host ${this.host.name}`;
    if (/address already in use|do you already have another server/i.test(log)) {
      return new Error(`${who}: port ${this.port} is taken; end the program that has it, or give another port`);
    }
    return new Error(`${who} ${what}; its log ends with:\n${log}`);
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
