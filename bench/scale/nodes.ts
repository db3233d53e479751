/**
 * The process of the nodes: three thousand database servers, as far as a monitor can tell, behind one listening socket.
 * Started by the bench with `NodesSpec` as its argument; says over IPC when it listens, and what it was asked that it
 * can't answer. Ends when its parent does.
 *
 * @module
 */
import { createServer } from 'node:net';
import { createSecureContext } from 'node:tls';
import { HEARTBEAT_PERIOD_MS } from '../../lib/core/veto.ts';
import { addressOf, nodeAt, NODES } from './fleet.ts';
import { CLIENT_SSL } from './packets.ts';
import { loadRecording } from './recording.ts';
import { answersOf, prepare, type Moment } from './replay.ts';
import { serve, type NodeFace } from './session.ts';

export interface NodesSpec {
  readonly recording: string;
  /** The servers' certificate and its key, PEM; null without TLS. */
  readonly certificate: { readonly cert: string; readonly key: string } | null;
}

/** What it tells its parent. */
export type NodesWord =
  { readonly kind: 'listening'; readonly port: number } | { readonly kind: 'unknown'; readonly statement: string };

const [argument] = process.argv.slice(2);
if (argument === undefined) throw new Error('the nodes were started without their specification');
// Made by the bench.
const spec = JSON.parse(argument) as NodesSpec;
const tell = (word: NodesWord) => process.send?.(word);

const recording = loadRecording(spec.recording);
const greeting = Buffer.from(recording.greeting, 'base64');
const secure = spec.certificate === null ? null : createSecureContext(spec.certificate);
if (secure !== null) allowTls(greeting);

const startedAtMs = Date.now();
const unknown = new Set<string>();
const faces = new Map<string, NodeFace>();
let answers: readonly ReturnType<typeof prepare>[] = [];

const server = createServer({ noDelay: true }, (socket) => {
  const address = socket.localAddress ?? '';
  const face = faces.get(address) ?? faceAt(address);
  if (face === null) {
    socket.destroy();
    return;
  }
  faces.set(address, face);
  serve(socket, face, secure);
});
server.listen({ host: '0.0.0.0', port: 0, backlog: 4_096 }, () => {
  const listening = server.address();
  if (listening === null || typeof listening === 'string') throw new Error('the nodes have no port');
  answers = Array.from({ length: NODES }, (_, node) => prepare(answersOf(recording, node), listening.port));
  tell({ kind: 'listening', port: listening.port });
});
process.on('disconnect', () => process.exit());

function faceAt(address: string): NodeFace | null {
  const at = nodeAt(address);
  const its = at === null ? undefined : answers[at.node];
  if (at === null || its === undefined) return null;
  const primary = addressOf({ cluster: at.cluster, node: 0 });
  return {
    greeting,
    clientFlags: recording.clientFlags,
    answers: its,
    moment: () => momentOf(primary),
    onUnknown(statement) {
      if (unknown.has(statement)) return;
      unknown.add(statement);
      tell({ kind: 'unknown', statement });
    },
  };
}

function momentOf(primary: string): Moment {
  const nowMs = Date.now();
  const ageMs = nowMs - startedAtMs;
  return {
    primary,
    // Three monitors write each second, and applications more than that.
    sequence: Math.floor(ageMs / 10),
    heartbeats: Math.floor(ageMs / HEARTBEAT_PERIOD_MS),
    nowMs,
    uptimeSeconds: Math.floor(ageMs / 1_000),
  };
}

/** The abilities stand in the greeting after the version's text, the connection's number and the first salt. */
function allowTls(payload: Buffer): void {
  const at = payload.indexOf(0, 1) + 1 + 4 + 8 + 1;
  payload.writeUInt16LE(payload.readUInt16LE(at) | CLIENT_SSL, at);
}
