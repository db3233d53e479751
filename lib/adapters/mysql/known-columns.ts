/**
 * Spares the driver from describing the columns of an answer to itself again that it has described before.
 *
 * Servers describe the columns in front of each answer, and the driver makes an object of each: sixty for the status of
 * a replica, which a monitor asks two thousand of them for each second. That was half of what the garbage collector had
 * to do (docs/benchmarks.md). The driver takes columns that it is given (the comment in its `readField` says so); those
 * that are given here were described by the very same bytes.
 *
 * @module
 */
import type { Query } from 'mysql2';

/** What is used of the driver's command and of its packets; neither is in its types. */
interface Packet {
  readonly buffer: Buffer;
  /** Where the packet begins in the buffer, with its header. */
  readonly start: number;
}
interface Command {
  readonly _fieldCount: number;
  /** Of each result, the columns that are described so far. */
  readonly _fields: (readonly unknown[])[];
  /** Those of the result that is being read. */
  _currentFields: readonly unknown[];
  /** Called with the first description; answers what takes the next. */
  readField(packet: Packet, connection: unknown): unknown;
}

interface Described {
  /** The descriptions, as the server sent them. */
  readonly bytes: Buffer;
  readonly columns: readonly unknown[];
}

/** By statement, without its values: there are a few dozen. */
const known = new Map<string, Described>();

/** @param query is under way, and no answer to it has been read yet */
export function reuseColumns(query: Query, statement: string): void {
  const command = query as unknown as Command;
  const readField = command.readField.bind(command);
  command.readField = (packet, connection) => {
    const [columns = []] = command._fields;
    const before = known.get(statement);
    if (before?.columns.length === command._fieldCount && beginsWith(packet, before.bytes)) {
      command._fields[0] = before.columns;
      command._currentFields = before.columns;
    } else remember(statement, packet, columns, command._fieldCount);
    return readField(packet, connection);
  };
}

function beginsWith({ buffer, start }: Packet, bytes: Buffer): boolean {
  const end = start + bytes.length;
  return end <= buffer.length && buffer.compare(bytes, 0, bytes.length, start, end) === 0;
}

/** What comes in pieces is described anew the next time. */
function remember(statement: string, { buffer, start }: Packet, columns: readonly unknown[], count: number): void {
  let end = start;
  for (let packet = 0; packet < count; packet += 1) {
    if (end + HEADER_BYTES > buffer.length) return;
    end += HEADER_BYTES + buffer.readUIntLE(end, LENGTH_BYTES);
  }
  // A copy: the buffer is all that came at once. The driver fills `columns` until the answer begins.
  if (end <= buffer.length) known.set(statement, { bytes: Buffer.from(buffer.subarray(start, end)), columns });
}

/** A packet says its length in three bytes, and its number in one. */
const HEADER_BYTES = 4;
const LENGTH_BYTES = 3;
