/**
 * `Dns` on Route 53. The change is not waited for: promotion must not depend on Route 53's control plane.
 *
 * @module
 */
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import type { Dns } from '../../ports/cloud.ts';
import { calling, clientSettings } from './client.ts';

export function route53Dns(client = new Route53Client(clientSettings())): Dns {
  return {
    async point(hostedZoneId, recordName, ttlSeconds, address) {
      await calling(`ChangeResourceRecordSets ${recordName}`, () =>
        client.send(
          new ChangeResourceRecordSetsCommand({
            HostedZoneId: hostedZoneId,
            ChangeBatch: {
              Changes: [
                {
                  Action: 'UPSERT',
                  ResourceRecordSet: {
                    Name: recordName,
                    Type: 'A',
                    TTL: ttlSeconds,
                    ResourceRecords: [{ Value: address }],
                  },
                },
              ],
            },
          }),
        ),
      );
    },
  };
}
