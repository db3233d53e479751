/**
 * Recorded answers, ready to be sent: all bytes are prepared, and only what changes from look to look is written over
 * them, in the width that it has. So a look costs the servers a copy, and the monitor never sees the same twice.
 *
 * @module
 */
import { packet, rowPayload } from './packets.ts';
import type { Answer, Recording } from './recording.ts';

/** What changes, and how it looks; each keeps its width for as long as a bench may run. */
export interface Moment {
  /** Address of the primary, always 15 characters. */
  readonly primary: string;
  /** Transactions so far. */
  readonly sequence: number;
  readonly heartbeats: number;
  readonly nowMs: number;
  readonly uptimeSeconds: number;
}

const NAMES = ['primary', 'sequence', 'heartbeats', 'now', 'uptime'] as const;
type Name = (typeof NAMES)[number];
const WIDTHS: Readonly<Record<Name, number>> = { primary: 15, sequence: 9, heartbeats: 9, now: 13, uptime: 6 };
/** Starts each name's place in the prepared bytes; no server answers it. */
const MARK = '\u0001';

interface Place {
  readonly offset: number;
  readonly name: Name;
}

export interface Prepared {
  /** A fresh copy, as it is at this moment. */
  at(moment: Moment): Buffer;
}

/** Answers by statement, of one node of the recording. */
export function prepare(answers: readonly Answer[], port: number): ReadonlyMap<string, Prepared> {
  return new Map(answers.map((answer) => [answer.statement, prepared(answer, port)]));
}

/** @throws Error when the recording has no such node */
export function answersOf(recording: Recording, node: number): readonly Answer[] {
  const answers = recording.nodes[node];
  if (answers === undefined) throw new Error(`the recording has ${recording.nodes.length} nodes; record it again`);
  return answers;
}

function prepared({ before, rows, end }: Answer, port: number): Prepared {
  const bytes = Buffer.concat(
    [
      ...before.map((text) => Buffer.from(text, 'base64')),
      ...rows.map((row) => rowPayload(row.map((value) => (value === null ? null : reserved(value, port))))),
      Buffer.from(end, 'base64'),
    ].map((payload, index) => packet(index + 1, payload)),
  );
  const places = placesIn(bytes);
  return {
    at(moment) {
      const copy = Buffer.from(bytes);
      for (const { offset, name } of places) copy.write(valueOf(moment, name), offset, 'latin1');
      return copy;
    },
  };
}

function reserved(value: string, port: number): string {
  return value
    .replaceAll('{port}', String(port))
    .replaceAll(/\{(primary|sequence|heartbeats|now|uptime)\}/g, (_, name: Name) =>
      `${MARK}${NAMES.indexOf(name)}`.padEnd(WIDTHS[name]),
    );
}

function placesIn(bytes: Buffer): readonly Place[] {
  const places: Place[] = [];
  for (let offset = bytes.indexOf(MARK); offset >= 0; offset = bytes.indexOf(MARK, offset + 1)) {
    const digit = bytes[offset + 1] ?? 0;
    const name = NAMES[digit - 0x30];
    // The same byte may be a length or a number of the protocol; then no digit and no blank follow.
    if (name !== undefined && bytes[offset + 2] === 0x20) places.push({ offset, name });
  }
  return places;
}

function valueOf(moment: Moment, name: Name): string {
  switch (name) {
    case 'primary':
      return moment.primary;
    case 'sequence':
      return String(100_000_000 + moment.sequence);
    case 'heartbeats':
      return String(100_000_000 + moment.heartbeats);
    case 'now':
      return String(moment.nowMs);
    case 'uptime':
      return String(100_000 + moment.uptimeSeconds);
    default:
      return name satisfies never;
  }
}
