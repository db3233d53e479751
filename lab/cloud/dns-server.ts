/**
 * @module The name servers of the lab's hosted zones, and the resolver that hosts ask.
 *
 * Guarantees: answers over UDP with the TTL of the record, from what Route 53 has made INSYNC; a name in a zone but
 * without records is NXDOMAIN; a name in no zone is refused, for the lab knows nothing of the outside.
 */
import { createSocket, type Socket } from 'node:dgram';
import * as dnsPacket from 'dns-packet';
import type { Route53 } from './services/route53.ts';
import type { RecordSet } from './services/route53/zone.ts';

export interface DnsServer {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

const NXDOMAIN = 3;
const REFUSED = 5;

/** Starts to answer. Port 0 takes a free one. @throws Error `EADDRINUSE`, or `EACCES` for a port below 1024 */
export async function startDnsServer(options: {
  readonly route53: Route53;
  readonly address: string;
  readonly port: number;
}): Promise<DnsServer> {
  const socket = createSocket('udp4');
  socket.on('message', (message, client) => {
    const reply = answer(options.route53, message);
    if (reply) socket.send(reply, client.port, client.address);
  });
  await bind(socket, options.port, options.address);
  return {
    address: options.address,
    port: socket.address().port,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function bind(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}

/** Undefined for what isn't a DNS query: a server must not die of a stray packet. */
function answer(route53: Route53, message: Buffer): Buffer | undefined {
  let query: dnsPacket.Packet;
  try {
    query = dnsPacket.decode(message);
  } catch {
    return undefined;
  }
  const [question] = query.questions ?? [];
  if (!question) return undefined;
  const records = route53.lookup(question.name);
  const answers = (records ?? []).filter((record) => record.type === question.type || record.type === 'CNAME');
  const code = records === undefined ? REFUSED : records.length === 0 ? NXDOMAIN : 0;
  return dnsPacket.encode({
    type: 'response',
    ...(query.id !== undefined && { id: query.id }),
    flags: dnsPacket.AUTHORITATIVE_ANSWER | dnsPacket.RECURSION_AVAILABLE | code,
    questions: [question],
    answers: answers.flatMap((record) => toAnswers(question.name, record)),
  });
}

function toAnswers(name: string, { type, ttlSeconds, values }: RecordSet): dnsPacket.Answer[] {
  return values.map((data) => ({ type, name, ttl: ttlSeconds, data }));
}
