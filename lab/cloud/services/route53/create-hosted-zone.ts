/**
 * @module Reads the XML of CreateHostedZone.
 *
 * Guarantees: public and private zones; delegation sets are refused by name, never ignored.
 */
import * as z from 'zod';
import { AwsError } from '../../wire/aws-error.ts';
import { parseXml } from './parse-xml.ts';
import { type ApexRecord, qualified, type ZoneSpec } from './zone.ts';

const REQUEST = z.object({
  CreateHostedZoneRequest: z.strictObject({
    Name: z.string(),
    CallerReference: z.string(),
    HostedZoneConfig: z
      .strictObject({ Comment: z.string().optional(), PrivateZone: z.enum(['true', 'false']).optional() })
      .optional(),
    VPC: z.strictObject({ VPCId: z.string(), VPCRegion: z.string() }).optional(),
  }),
});

/** Reserved for documentation and never resolved: nobody can take them for name servers. */
const NAME_SERVERS = ['ns-1.example.com.', 'ns-2.example.net.', 'ns-3.example.org.', 'ns-4.example.'];

/** A zone with a VPC is private. @throws AwsError `InvalidInput`, `InvalidDomainName`, `NotImplemented` */
export function parseCreateHostedZone(body: Buffer): ZoneSpec & { readonly callerReference: string } {
  const { Name, CallerReference, HostedZoneConfig, VPC } = parseXml(
    REQUEST,
    body,
    'hosted zones',
  ).CreateHostedZoneRequest;
  const name = qualified(Name);
  if (!/^([\w-]{1,63}\.)+$/.test(name)) throw new AwsError('InvalidDomainName', 'The domain name is invalid');
  if (HostedZoneConfig?.PrivateZone === 'true' && VPC === undefined) {
    throw new AwsError('InvalidInput', 'When you are creating a private hosted zone, you must specify a VPC.');
  }
  return {
    name,
    private: VPC !== undefined,
    callerReference: CallerReference,
    comment: HostedZoneConfig?.Comment,
    vpcs: VPC ? [{ vpcId: VPC.VPCId, region: VPC.VPCRegion }] : [],
    apex: apexOf(name),
  };
}

function apexOf(name: string): readonly ApexRecord[] {
  const [primary = ''] = NAME_SERVERS;
  return [
    { name, type: 'NS', ttlSeconds: 172_800, values: NAME_SERVERS },
    { name, type: 'SOA', ttlSeconds: 900, values: [`${primary} hostmaster.example.com. 1 7200 900 1209600 86400`] },
  ];
}
