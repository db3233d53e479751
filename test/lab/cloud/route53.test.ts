import { Resolver } from 'node:dns/promises';
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type ChangeAction,
} from '@aws-sdk/client-route-53';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { HostedZone } from '../../../lab/cloud/services/route53/zone.ts';
import { clientConfig, type LabAccount, openAccount } from './lab-account.ts';

let account: LabAccount;
let zone: HostedZone;
let route53: Route53Client;
let resolver: Resolver;

beforeEach(async () => {
  // Long enough that a busy machine asks the name server before it is over.
  account = await openAccount({ dnsSyncTimeMs: 200 });
  zone = account.cloud.route53.addHostedZone({
    name: 'example.internal',
    records: [{ name: 'db.example.internal', type: 'A', ttlSeconds: 60, values: ['127.42.1.11'] }],
  });
  route53 = new Route53Client(clientConfig(account.cloud));
  resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([`${account.cloud.dns.address}:${account.cloud.dns.port}`]);
});
afterEach(async () => {
  route53.destroy();
  await account.close();
});

interface Record {
  readonly name?: string;
  readonly ttl?: number;
  readonly value: string;
}

function change(action: ChangeAction, ...records: readonly Record[]) {
  return route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone.zoneId,
      ChangeBatch: {
        Changes: records.map(({ name = 'db.example.internal', ttl = 60, value }) => ({
          Action: action,
          ResourceRecordSet: { Name: name, Type: 'A', TTL: ttl, ResourceRecords: [{ Value: value }] },
        })),
      },
    }),
  );
}

async function listed() {
  const { ResourceRecordSets } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone.zoneId }));
  return ResourceRecordSets?.map(({ Name, TTL, ResourceRecords }) => [Name, TTL, ResourceRecords?.[0]?.Value]);
}

test('a change is PENDING and listed at once; the name servers follow when it is INSYNC', async () => {
  const { ChangeInfo } = await change('UPSERT', { value: '127.42.1.12', ttl: 5 });
  const status = async () => (await route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status;
  expect(ChangeInfo).toMatchObject({ Id: expect.stringMatching(/^\/change\/C/), Status: 'PENDING' });
  expect(await listed()).toEqual([['db.example.internal.', 5, '127.42.1.12']]);
  expect(await resolver.resolve4('db.example.internal', { ttl: true })).toEqual([{ address: '127.42.1.11', ttl: 60 }]);
  await vi.waitFor(async () => expect(await status()).toBe('INSYNC'));
  expect(await resolver.resolve4('DB.example.internal', { ttl: true })).toEqual([{ address: '127.42.1.12', ttl: 5 }]);
});

test('changes reach the name servers in the order of their acceptance', async () => {
  await change('UPSERT', { value: '127.42.1.12' });
  const { ChangeInfo } = await change('UPSERT', { value: '127.42.1.13' });
  await vi.waitFor(async () => {
    const { ChangeInfo: now } = await route53.send(new GetChangeCommand({ Id: ChangeInfo?.Id }));
    expect(now?.Status).toBe('INSYNC');
  });
  expect(await resolver.resolve4('db.example.internal')).toEqual(['127.42.1.13']);
});

describe('a batch is refused as a whole', () => {
  test.each([
    ['that creates what exists', 'CREATE', { value: '127.42.1.12' }, /already exists/],
    ['that deletes what is not there', 'DELETE', { name: 'x.example.internal', value: '127.42.1.12' }, /not found/],
    ['that deletes another value than the current one', 'DELETE', { value: '127.42.1.12' }, /do not match/],
    [
      'with a name of another zone',
      'UPSERT',
      { name: 'db.example.com', value: '127.42.1.12' },
      /not permitted in zone/,
    ],
    ['with a value that is no address', 'UPSERT', { value: 'localhost' }, /not a valid IPv4 address/],
  ] as const)('%s', async (_what, action, record, message) => {
    const good = { name: 'new.example.internal', value: '127.42.1.12' };
    const batch = action === 'DELETE' ? change(action, record) : change(action, good, record);
    const error = await batch.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'InvalidChangeBatch', message: expect.stringMatching(message) });
    expect(await listed()).toEqual([['db.example.internal.', 60, '127.42.1.11']]);
  });
});

test('a record set with a routing policy is refused, never taken for a simple one', async () => {
  const call = route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone.zoneId,
      ChangeBatch: {
        Changes: [
          {
            Action: 'UPSERT',
            ResourceRecordSet: {
              Name: 'db.example.internal',
              Type: 'A',
              TTL: 5,
              SetIdentifier: 'one',
              Weight: 1,
              ResourceRecords: [{ Value: '127.42.1.12' }],
            },
          },
        ],
      },
    }),
  );
  await expect(call).rejects.toMatchObject({ name: 'NotImplemented', message: expect.stringContaining('Weight') });
});

test('GetHostedZone tells the zone, and an unknown zone or change is refused', async () => {
  const { HostedZone: found } = await route53.send(new GetHostedZoneCommand({ Id: zone.zoneId }));
  expect(found).toMatchObject({ Name: 'example.internal.', Config: { PrivateZone: true }, ResourceRecordSetCount: 1 });
  await expect(route53.send(new GetHostedZoneCommand({ Id: 'Z0' }))).rejects.toMatchObject({
    name: 'NoSuchHostedZone',
  });
  await expect(route53.send(new GetChangeCommand({ Id: 'C0' }))).rejects.toMatchObject({ name: 'NoSuchChange' });
});

test('the name server denies a missing name and refuses a foreign one', async () => {
  await expect(resolver.resolve4('nobody.example.internal')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  await expect(resolver.resolve4('example.com')).rejects.toMatchObject({ code: 'EREFUSED' });
});
