/**
 * @module Names the action of a request before any service has looked at it, so that latency, faults and the log of
 * calls speak AWS's own action names.
 */
import type { AwsRequest } from '../service.ts';
import { PROTOCOLS } from './protocols.ts';

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly action: string;
}

/** The calls of the REST services that the lab answers; the groups of each path are its parameters, in order. */
const ROUTES: Readonly<Record<string, readonly Route[]>> = {
  route53: [
    { method: 'POST', path: /^\/2013-04-01\/hostedzone$/, action: 'CreateHostedZone' },
    { method: 'GET', path: /^\/2013-04-01\/hostedzone$/, action: 'ListHostedZones' },
    { method: 'GET', path: /^\/2013-04-01\/hostedzonesbyname$/, action: 'ListHostedZonesByName' },
    { method: 'DELETE', path: /^\/2013-04-01\/hostedzone\/([^/]+)$/, action: 'DeleteHostedZone' },
    { method: 'POST', path: /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/, action: 'ChangeResourceRecordSets' },
    { method: 'GET', path: /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset$/, action: 'ListResourceRecordSets' },
    { method: 'GET', path: /^\/2013-04-01\/hostedzone\/([^/]+)$/, action: 'GetHostedZone' },
    { method: 'GET', path: /^\/2013-04-01\/change\/([^/]+)$/, action: 'GetChange' },
  ],
  lambda: [
    { method: 'POST', path: /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, action: 'Invoke' },
    { method: 'GET', path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, action: 'GetFunctionConfiguration' },
    { method: 'PUT', path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, action: 'UpdateFunctionConfiguration' },
    { method: 'PUT', path: /^\/2015-03-31\/functions\/([^/]+)\/code$/, action: 'UpdateFunctionCode' },
    { method: 'POST', path: /^\/2015-03-31\/functions\/?$/, action: 'CreateFunction' },
    { method: 'GET', path: /^\/2015-03-31\/functions\/?$/, action: 'ListFunctions' },
    { method: 'GET', path: /^\/2015-03-31\/functions\/([^/]+)$/, action: 'GetFunction' },
    { method: 'DELETE', path: /^\/2015-03-31\/functions\/([^/]+)$/, action: 'DeleteFunction' },
  ],
  scheduler: [
    { method: 'GET', path: /^\/schedules$/, action: 'ListSchedules' },
    { method: 'POST', path: /^\/schedules\/([^/]+)$/, action: 'CreateSchedule' },
    { method: 'GET', path: /^\/schedules\/([^/]+)$/, action: 'GetSchedule' },
    { method: 'PUT', path: /^\/schedules\/([^/]+)$/, action: 'UpdateSchedule' },
    { method: 'DELETE', path: /^\/schedules\/([^/]+)$/, action: 'DeleteSchedule' },
  ],
};

export interface Action {
  /** AWS's name of the call, or the request line where the lab knows no such call. */
  readonly name: string;
  /** False where the lab knows no such call. */
  readonly known: boolean;
  /** What the path of a REST call holds, decoded. */
  readonly pathParameters: readonly string[];
}

/** Reads the action out of the target header, the form or the path, as the service's protocol has it. */
export function actionOf(service: string, request: Pick<AwsRequest, 'method' | 'path' | 'headers' | 'body'>): Action {
  const named = (name: string | null | undefined): Action => ({
    name: name ?? `${request.method} ${request.path}`,
    known: Boolean(name),
    pathParameters: [],
  });
  switch (PROTOCOLS[service]) {
    case 'ec2-query':
    case 'query':
      return named(new URLSearchParams(request.body.toString()).get('Action'));
    case 'json':
      return named(request.headers['x-amz-target']?.split('.').at(-1));
    case 'rest-xml':
    case 'rest-json':
      for (const route of ROUTES[service] ?? []) {
        const match = route.method === request.method ? route.path.exec(request.path) : null;
        if (match) return { name: route.action, known: true, pathParameters: match.slice(1).map(decodeURIComponent) };
      }
      break;
    case undefined:
      break;
  }
  return named(undefined);
}
