/**
 * Listens in on connections of a driver to a real server, and keeps what was asked and what was answered.
 *
 * @module
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { CLIENT_DEPRECATE_EOF, COM_QUERY, isEnd, PacketReader, readRow, type Packet } from './packets.ts';
import { statementOf, type Answer } from './recording.ts';

export interface Wiretap {
  readonly port: number;
  readonly heard: Heard;
  close(): void;
}

/** What was heard on all connections. */
export interface Heard {
  greeting: Buffer | null;
  clientFlags: number | null;
  /** The latest answer to each statement. */
  readonly answers: Map<string, Answer>;
}

export async function wiretap(server: { readonly host: string; readonly port: number }): Promise<Wiretap> {
  const heard: Heard = { greeting: null, clientFlags: null, answers: new Map() };
  const sockets = new Set<Socket>();
  const tap = createServer((client) => {
    const upstream = connect(server);
    const listener = listenIn(heard);
    client.on('data', (chunk: Buffer) => {
      listener.fromClient(chunk);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      listener.fromServer(chunk);
      client.write(chunk);
    });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(tap, 'listening');
  const address = tap.address();
  if (address === null || typeof address === 'string') throw new Error('the wiretap has no port');
  return {
    port: address.port,
    heard,
    close() {
      for (const socket of sockets) socket.destroy();
      tap.close();
    },
  };
}

/** The driver sends a statement when the one before it is answered: what the server says in between is the answer. */
function listenIn(heard: Heard) {
  const [client, server] = [new PacketReader(), new PacketReader()];
  let statement: string | null = null;
  let answer: Buffer[] = [];
  return {
    fromClient(chunk: Buffer): void {
      for (const { sequence, payload } of client.push(chunk)) {
        if (sequence === 1) heard.clientFlags = payload.readUInt32LE(0);
        if (sequence !== 0) continue;
        statement = payload[0] === COM_QUERY ? payload.toString('utf8', 1) : null;
        answer = [];
      }
    },
    fromServer(chunk: Buffer): void {
      for (const each of server.push(chunk)) {
        heard.greeting ??= each.payload;
        if (statement === null) continue;
        answer.push(Buffer.from(each.payload));
        const whole = answerOf(statement, answer, ((heard.clientFlags ?? 0) & CLIENT_DEPRECATE_EOF) !== 0, each);
        if (whole !== null) heard.answers.set(whole.statement, whole);
      }
    },
  };
}

/** @throws Error when the server refused the statement: nothing that a monitor asks should be refused */
function answerOf(sql: string, payloads: readonly Buffer[], withoutEof: boolean, latest: Packet): Answer | null {
  const [first] = payloads;
  if (first === undefined) return null;
  const statement = statementOf(sql);
  if (first[0] === 0xff) throw new Error(`${statement}: ${first.toString('utf8', 3)}`);
  const base64 = (payload: Buffer) => payload.toString('base64');
  if (first[0] === 0x00) return { statement, before: [], rows: [], end: base64(first) };
  const columns = first.readUInt8(0);
  const beforeRows = 1 + columns + (withoutEof ? 0 : 1);
  if (payloads.length <= beforeRows || !isEnd(latest.payload)) return null;
  return {
    statement,
    before: payloads.slice(0, beforeRows).map(base64),
    rows: payloads.slice(beforeRows, -1).map(readRow),
    end: base64(latest.payload),
  };
}
