import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { expect } from 'vitest';
import { refusal, refusalOf } from '../clients.ts';
import type { Claim } from '../contract.ts';
import { aRecord, changeRecord, openZone, ZONE_NAME } from '../fixtures/zone.ts';
import type { Scene } from '../scene.ts';

export function route53Contract(claim: Claim): void {
  claim('an UPSERT is listed at once, and INSYNC in the end', [], async (scene) => {
    const zone = await openZone(scene);
    await changeRecord(scene, zone, 'UPSERT', 'db', '10.42.1.1');
    const { ChangeInfo } = await changeRecord(scene, zone, 'UPSERT', 'db', '10.42.1.2');
    expect(await listed(scene, zone, 'db')).toMatchObject([
      { Name: `db.${ZONE_NAME}.`, Type: 'A', TTL: 60, ResourceRecords: [{ Value: '10.42.1.2' }] },
    ]);
    await scene.eventually(async () => expect(await statusOf(scene, ChangeInfo?.Id)).toBe('INSYNC'));
  });

  claim('an UPSERT is PENDING until the name servers have it', ['dnsPending'], async (scene) => {
    const { ChangeInfo } = await changeRecord(scene, await openZone(scene), 'UPSERT', 'db', '10.42.1.1');
    expect(ChangeInfo).toMatchObject({ Status: 'PENDING', Id: expect.stringMatching(/^\/change\//) });
    await scene.eventually(async () => expect(await statusOf(scene, ChangeInfo?.Id)).toBe('INSYNC'));
  });

  claim('a list begins with the name that is asked for, or with the next one', [], async (scene) => {
    const zone = await openZone(scene);
    for (const label of ['a', 'c']) await changeRecord(scene, zone, 'CREATE', label, '10.42.1.1');
    expect((await listed(scene, zone, 'a')).map(({ Name }) => Name)).toEqual([`a.${ZONE_NAME}.`, `c.${ZONE_NAME}.`]);
    expect((await listed(scene, zone, 'b')).map(({ Name }) => Name)).toEqual([`c.${ZONE_NAME}.`]);
    expect(await listed(scene, zone, 'd')).toEqual([]);
  });

  claim('a zone begins with its NS and SOA records, and is not deleted as long as it has others', [], async (scene) => {
    const zone = await openZone(scene);
    const { route53 } = scene.clients;
    const { HostedZone } = await route53.send(new GetHostedZoneCommand({ Id: zone }));
    expect(HostedZone).toMatchObject({ Name: `${ZONE_NAME}.`, Config: { PrivateZone: true } });
    const { ResourceRecordSets } = await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone }));
    expect(ResourceRecordSets?.map(({ Type }) => Type).toSorted()).toEqual(['NS', 'SOA']);
    await changeRecord(scene, zone, 'CREATE', 'db', '10.42.1.1');
    expect(await refusal(route53.send(new DeleteHostedZoneCommand({ Id: zone })))).toBe('HostedZoneNotEmpty');
  });

  claim('a batch with one impossible change is refused whole, with every reason', ['recordsChecked'], async (scene) => {
    const zone = await openZone(scene);
    await changeRecord(scene, zone, 'CREATE', 'there', '10.42.1.1');
    const batch = new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: {
        Changes: [
          { Action: 'CREATE', ResourceRecordSet: aRecord('new', '10.42.1.1') },
          { Action: 'CREATE', ResourceRecordSet: aRecord('there', '10.42.1.2') },
          { Action: 'DELETE', ResourceRecordSet: aRecord('missing', '10.42.1.1') },
        ],
      },
    });
    const error = await refusalOf(scene.clients.route53.send(batch));
    expect(error?.name).toBe('InvalidChangeBatch');
    expect(error?.message).toMatch(/^\[.*already exists.*\]$/);
    expect(error?.message).toMatch(/missing.*not found/);
    expect((await listed(scene, zone, 'new')).map(({ Name }) => Name)).toEqual([`there.${ZONE_NAME}.`]);
  });

  claim('a value that is no address and a name of another zone are refused', ['recordsChecked'], async (scene) => {
    const zone = await openZone(scene);
    expect(await refusal(changeRecord(scene, zone, 'UPSERT', 'db', 'localhost'))).toBe('InvalidChangeBatch');
    const foreign = new ChangeResourceRecordSetsCommand({
      HostedZoneId: zone,
      ChangeBatch: {
        Changes: [{ Action: 'UPSERT', ResourceRecordSet: { ...aRecord('db', '10.42.1.1'), Name: 'db.example.com' } }],
      },
    });
    expect(await refusal(scene.clients.route53.send(foreign))).toBe('InvalidChangeBatch');
  });

  claim('an unknown zone is refused', [], async (scene) => {
    const unknown = new ListResourceRecordSetsCommand({ HostedZoneId: 'Z0FEDCBA98765' });
    expect(await refusal(scene.clients.route53.send(unknown))).toBe('NoSuchHostedZone');
    const change = changeRecord(scene, 'Z0FEDCBA98765', 'UPSERT', 'db', '10.42.1.1');
    expect(await refusal(change)).toBe('NoSuchHostedZone');
  });

  claim('an unknown change is refused', ['dnsPending'], async (scene) => {
    expect(await refusal(statusOf(scene, 'C0FEDCBA98765'))).toBe('NoSuchChange');
  });

  claim('a repeated caller reference makes no second zone', ['callerReference'], async (scene) => {
    const create = new CreateHostedZoneCommand({ Name: 'contract.example', CallerReference: scene.name('zone') });
    const { HostedZone, DelegationSet } = await scene.clients.route53.send(create);
    scene.onClose(`zone ${HostedZone?.Id}`, () =>
      scene.clients.route53.send(new DeleteHostedZoneCommand({ Id: HostedZone?.Id })),
    );
    expect(DelegationSet?.NameServers?.length).toBeGreaterThan(0);
    expect(await refusal(scene.clients.route53.send(create))).toBe('HostedZoneAlreadyExists');
  });
}

async function statusOf({ clients }: Scene, Id: string | undefined): Promise<string | undefined> {
  const { ChangeInfo } = await clients.route53.send(new GetChangeCommand({ Id }));
  return ChangeInfo?.Status;
}

/** The A records from this name on. */
async function listed({ clients }: Scene, HostedZoneId: string, label: string) {
  const { ResourceRecordSets = [] } = await clients.route53.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId,
      StartRecordName: `${label}.${ZONE_NAME}`,
      StartRecordType: 'A',
    }),
  );
  return ResourceRecordSets.filter(({ Type }) => Type === 'A');
}
