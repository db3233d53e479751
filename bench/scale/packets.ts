/**
 * The framing of the MySQL protocol, as far as a recording and its replay need it: packets with a three-byte length and
 * a sequence number, and strings and integers that say their own length.
 *
 * @module
 */

/** Bit of a server's and a client's capabilities: the connection goes on under TLS. */
export const CLIENT_SSL = 0x800;
/** The older of the two ways to end the list of columns, and rows, is left out. */
export const CLIENT_DEPRECATE_EOF = 0x1000000;

export const COM_QUIT = 0x01;
export const COM_QUERY = 0x03;
export const COM_PING = 0x0e;

const HEADER_BYTES = 4;
/** A payload of this many bytes or more goes over several packets, which nothing here needs. */
const LONGEST_PAYLOAD = 0xffffff;

export interface Packet {
  readonly sequence: number;
  readonly payload: Buffer;
}

/** Cuts a stream of bytes into packets; keeps what is not complete yet. */
export class PacketReader {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): readonly Packet[] {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const packets: Packet[] = [];
    while (bytes.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + bytes.readUIntLE(0, 3);
      if (bytes.length < end) break;
      packets.push({ sequence: bytes.readUInt8(3), payload: bytes.subarray(HEADER_BYTES, end) });
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
    return packets;
  }

  /** What is no whole packet yet. */
  get rest(): Buffer {
    return this.#rest;
  }
}

export function packet(sequence: number, payload: Buffer): Buffer {
  if (payload.length >= LONGEST_PAYLOAD) throw new Error(`a payload of ${payload.length} bytes needs several packets`);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntLE(payload.length, 0, 3);
  header.writeUInt8(sequence & 0xff, 3);
  return Buffer.concat([header, payload]);
}

/** What a server says when all went well and there are no rows. */
export function okPayload(): Buffer {
  // Header, affected rows, last insert id, status "autocommit", warnings.
  return Buffer.from([0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00]);
}

export function errorPayload(code: number, message: string): Buffer {
  const head = Buffer.alloc(3);
  head.writeUInt8(0xff, 0);
  head.writeUInt16LE(code, 1);
  return Buffer.concat([head, Buffer.from(`#HY000${message}`, 'utf8')]);
}

/** A row of the text protocol: each value a string with its length, or null. */
export function rowPayload(values: readonly (string | null)[]): Buffer {
  return Buffer.concat(values.map(textValue));
}

function textValue(value: string | null): Buffer {
  if (value === null) return Buffer.from([0xfb]);
  const text = Buffer.from(value, 'utf8');
  return Buffer.concat([lengthOf(text), text]);
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0xfb) return Buffer.from([length]);
  const bytes = Buffer.alloc(length < 0x10000 ? 3 : 4);
  bytes.writeUInt8(length < 0x10000 ? 0xfc : 0xfd, 0);
  bytes.writeUIntLE(length, 1, bytes.length - 1);
  return bytes;
}

export function readRow(payload: Buffer): readonly (string | null)[] {
  const values: (string | null)[] = [];
  for (let at = 0; at < payload.length;) {
    const first = payload.readUInt8(at);
    if (first === 0xfb) {
      values.push(null);
      at += 1;
      continue;
    }
    const width = first < 0xfb ? 0 : first === 0xfc ? 2 : 3;
    const length = width === 0 ? first : payload.readUIntLE(at + 1, width);
    const start = at + 1 + width;
    values.push(payload.toString('utf8', start, start + length));
    at = start + length;
  }
  return values;
}

/** What ends a list of columns or of rows: an EOF, or an OK that looks like one. */
export function isEnd(payload: Buffer): boolean {
  return payload[0] === 0xfe && payload.length < LONGEST_PAYLOAD && payload.length < 64;
}
