/**
 * One connection to a lightweight node: it greets, lets everybody in, and answers recorded statements. A statement that
 * was not recorded is an error, so that a bench never measures what the monitors no longer ask.
 *
 * @module
 */
import { TLSSocket, type SecureContext } from 'node:tls';
import type { Socket } from 'node:net';
import {
  CLIENT_SSL,
  COM_PING,
  COM_QUERY,
  COM_QUIT,
  errorPayload,
  okPayload,
  packet,
  PacketReader,
  type Packet,
} from './packets.ts';
import type { Moment, Prepared } from './replay.ts';
import { statementOf } from './recording.ts';

/** What all connections to one node share. */
export interface NodeFace {
  readonly greeting: Buffer;
  readonly clientFlags: number;
  readonly answers: ReadonlyMap<string, Prepared>;
  moment(): Moment;
  /** Told of a statement that was not recorded. */
  onUnknown(statement: string): void;
}

/** Bits of the client's abilities that are no reason to expect other bytes. */
const MAY_DIFFER = CLIENT_SSL;
const UNKNOWN_STATEMENT = 1047;
/** So many different texts of statements are kept with their answers, as one with a growing number is new each time. */
const KNOWN_TEXTS = 64;

export function serve(socket: Socket, face: NodeFace, secure: SecureContext | null): void {
  let isIn = false;
  let wire: Socket = socket;
  let reader = new PacketReader();
  const texts = new Map<string, Prepared>();

  const answerTo = (sql: string): Prepared | undefined => {
    const known = texts.get(sql);
    if (known !== undefined) return known;
    const found = face.answers.get(statementOf(sql));
    if (found !== undefined && texts.size < KNOWN_TEXTS) texts.set(sql, found);
    return found;
  };
  const say = (sequence: number, payload: Buffer) => wire.write(packet(sequence, payload));

  const enter = ({ sequence, payload }: Packet) => {
    const flags = payload.readUInt32LE(0);
    if (!(wire instanceof TLSSocket) && (flags & CLIENT_SSL) !== 0 && secure !== null) {
      socket.removeListener('data', hear);
      // The client's first words under TLS may have come together with its wish for it.
      socket.pause();
      if (reader.rest.length > 0) socket.unshift(reader.rest);
      reader = new PacketReader();
      wire = new TLSSocket(socket, { isServer: true, secureContext: secure });
      listen(wire);
      return;
    }
    isIn = true;
    const differ = ((flags ^ face.clientFlags) & ~MAY_DIFFER) >>> 0;
    say(
      sequence + 1,
      differ === 0
        ? okPayload()
        : errorPayload(UNKNOWN_STATEMENT, `the driver has other abilities (bits ${differ.toString(16)}): record again`),
    );
  };
  const obey = ({ payload }: Packet) => {
    switch (payload[0]) {
      case COM_QUIT:
        wire.end();
        return;
      case COM_PING:
        say(1, okPayload());
        return;
      case COM_QUERY: {
        const sql = payload.toString('utf8', 1);
        const answer = answerTo(sql);
        if (answer !== undefined) {
          wire.write(answer.at(face.moment()));
          return;
        }
        face.onUnknown(statementOf(sql));
        say(1, errorPayload(UNKNOWN_STATEMENT, 'the statement was not recorded: record again'));
        return;
      }
      default:
        face.onUnknown(`command ${payload[0]}`);
        say(1, errorPayload(UNKNOWN_STATEMENT, `command ${payload[0]} was not recorded`));
    }
  };
  const hear = (chunk: Buffer) => {
    for (const each of reader.push(chunk)) {
      if (isIn) obey(each);
      else enter(each);
    }
  };
  const listen = (stream: Socket) => {
    stream.on('data', hear);
    stream.on('error', () => socket.destroy());
    stream.on('end', () => stream.end());
  };
  socket.setNoDelay(true);
  listen(socket);
  say(0, face.greeting);
}
