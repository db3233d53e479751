/**
 * @module The HTTP server that answers the AWS SDK.
 *
 * Guarantees: a request goes to the service of its SigV4 credential scope and carries the principal of its access key;
 * signatures themselves are not checked. Every refusal, the lab's own included, has the shape of the service's
 * protocol. A call is served as the latency and the faults have it (faults/under-faults.ts), and if the caller's policies
 * allow it. A call from inside a VPC to a service that the VPC has no way to is never answered.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CloudListener } from './events.ts';
import type { AwsCall } from './faults/match.ts';
import { NoAnswer, type Surroundings, underFaults } from './faults/under-faults.ts';
import type { Access } from './iam/access.ts';
import type { Identities } from './identities.ts';
import type { AwsRequest, AwsResponse, AwsService } from './service.ts';
import { CloudClosed } from './timers.ts';
import { actionOf } from './wire/action.ts';
import { AwsError, notModelled } from './wire/aws-error.ts';
import { encodeError, protocolOf, unknownCaller } from './wire/protocols.ts';

export interface EndpointOptions {
  readonly host: string;
  readonly port: number;
  readonly services: readonly AwsService[];
  readonly identities: Identities;
  readonly access: Access;
  readonly surroundings: Surroundings;
  /** Whether a service can be reached from inside a VPC. */
  readonly reaches: (vpcId: string, service: string) => boolean;
  readonly emit: CloudListener;
}

export interface Endpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts to listen. @throws Error `EADDRINUSE` when the port is taken */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const services = new Map(options.services.map((service) => [service.name, service]));
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => {
      // A request that broke off is the end of its client, not a fault of the lab.
      if (incoming.complete) options.emit({ type: 'fault', error });
      outgoing.destroy();
    });
  });
  // A client's kept connection must not be closed under a request that it is about to send.
  server.keepAliveTimeout = 60_000;

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const startedAt = performance.now();
    const requestId = randomUUID();
    const body = await readBody(incoming);
    const url = new URL(incoming.url ?? '/', 'http://endpoint');
    const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
    const scope = credentialScope(headers['authorization']);
    const caller = scope && options.identities.callerOf(scope.accessKeyId);
    const request: AwsRequest = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers,
      body,
      caller: { principal: caller?.principal ?? 'unknown' },
      requestId,
    };
    const service = scope?.service ?? 'unknown';
    const action = actionOf(service, request).name;
    const protocol = protocolOf(service, headers['content-type']);
    const told = { type: 'call', service, action, principal: request.caller.principal } as const;
    if (caller?.vpcId !== undefined && !options.reaches(caller.vpcId, service)) {
      // Packets without a way out vanish: the client waits until its own timeout.
      options.emit({ ...told, status: 0, code: 'NoRouteFromVpc', durationMs: 0 });
      return;
    }
    let response: AwsResponse;
    let code: string | undefined;
    try {
      if (!scope) throw new AwsError('MissingAuthenticationToken', 'Missing Authentication Token', 403);
      if (!caller) {
        const [refusal, status] = unknownCaller(protocol);
        throw new AwsError(refusal, `the lab issued no access key ${scope.accessKeyId}`, status);
      }
      const text = () => `${request.path}\n${body.toString()}`;
      const callId = headers['amz-sdk-invocation-id'] ?? `${caller.principal} ${service} ${action} ${text()}`;
      const call: AwsCall = { service, action, caller, callId, text };
      response = await underFaults(options.surroundings, call, (staleMs) => {
        options.access.authorizeCall(caller, service, request);
        const handler = services.get(service);
        if (!handler) throw notModelled(`the service ${service} (${action})`);
        return handler.handle({ ...request, staleMs });
      });
    } catch (error) {
      if (error instanceof NoAnswer) {
        if (error.how === 'reset') incoming.socket.resetAndDestroy();
        options.emit({ ...told, status: 0, code: error.name, durationMs: performance.now() - startedAt });
        return;
      }
      if (error instanceof CloudClosed) {
        outgoing.destroy();
        return;
      }
      const refusal = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
      if (refusal !== error) options.emit({ type: 'fault', error });
      code = refusal.code;
      response = encodeError(protocol, refusal, requestId);
    }
    code ??= jsonErrorCode(response);
    outgoing.writeHead(response.status, { ...response.headers, 'x-amzn-requestid': requestId });
    outgoing.end(response.body);
    options.emit({
      ...told,
      status: response.status,
      ...(code !== undefined && { code }),
      durationMs: performance.now() - startedAt,
    });
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The code in a refusal that a service has put on the wire by itself. */
function jsonErrorCode({ status, body }: AwsResponse): string | undefined {
  return status < 400 ? undefined : /"__type":"(?:[^"#]*#)?([^"]+)"/.exec(body)?.[1];
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** `Credential=<access key>/<date>/<region>/<service>/aws4_request` */
function credentialScope(authorization: string | undefined): { accessKeyId: string; service: string } | undefined {
  const match = /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(authorization ?? '');
  const [, accessKeyId, service] = match ?? [];
  return accessKeyId && service ? { accessKeyId, service } : undefined;
}
