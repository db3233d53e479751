/**
 * @module What the product relies on of AWS, as one suite on the SDK alone: it makes what it needs by the wire, so that
 * it runs against the lab, against moto and against whatever `AWS_ENDPOINT_URL` names.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Capability, probeAll } from './capabilities.ts';
import { cloudWatchContract } from './claims/cloudwatch.ts';
import { dynamoDbContract } from './claims/dynamodb.ts';
import { ec2AddressContract } from './claims/ec2-addresses.ts';
import { ec2GroupContract } from './claims/ec2-groups.ts';
import { ec2InstanceContract } from './claims/ec2-instances.ts';
import { eventBridgeContract } from './claims/event-bridge.ts';
import { iamContract } from './claims/iam.ts';
import { lambdaContract } from './claims/lambda.ts';
import { route53Contract } from './claims/route53.ts';
import { schedulerContract } from './claims/scheduler.ts';
import { secretsContract } from './claims/secrets-manager.ts';
import { snsContract } from './claims/sns.ts';
import { stepFunctionsContract } from './claims/step-functions.ts';
import type { AwsEndpoint } from './endpoint.ts';
import { Scene } from './scene.ts';

/** States a claim. It is skipped, and the reason printed at the end, where the endpoint lacks what it needs. */
export type Claim = (claim: string, needs: readonly Capability[], check: (scene: Scene) => Promise<void>) => void;

const CONTRACTS: Readonly<Record<string, (claim: Claim) => void>> = {
  'EC2: addresses': ec2AddressContract,
  'EC2: groups': ec2GroupContract,
  'EC2: instances': ec2InstanceContract,
  'Route 53': route53Contract,
  DynamoDB: dynamoDbContract,
  Lambda: lambdaContract,
  'Step Functions': stepFunctionsContract,
  Scheduler: schedulerContract,
  EventBridge: eventBridgeContract,
  CloudWatch: cloudWatchContract,
  SNS: snsContract,
  'Secrets Manager': secretsContract,
  IAM: iamContract,
};

export interface ContractRun {
  /** What this endpoint is known to lack.  @default - whatever it lacks is only printed */
  readonly lacks?: readonly string[];
  /** Why there is no such endpoint here. */
  readonly unavailable?: string | undefined;
}

export function awsContract(
  name: string,
  open: () => Promise<AwsEndpoint>,
  { lacks, unavailable }: ContractRun = {},
): void {
  const why = unavailable ? ` (SKIPPED: ${unavailable})` : '';
  describe.skipIf(unavailable)(`AWS as the product needs it, by ${name}${why}`, () => {
    let endpoint: AwsEndpoint;
    let scene: Scene;
    let lacking: ReadonlyMap<Capability, string>;
    let held = 0;
    const skipped = new Map<Capability, number>();

    beforeAll(async () => {
      endpoint = await open();
      scene = new Scene(endpoint);
      lacking = await probeAll(scene);
    });
    afterAll(async () => {
      const left = await scene.close();
      await endpoint.close();
      process.stdout.write(`${summary(name, held, skipped, lacking, left)}\n`);
    });

    test.runIf(lacks)('it lacks what is known of it, and nothing else', () => {
      expect([...lacking.keys()].toSorted()).toEqual(lacks?.toSorted());
    });

    describe.each(Object.entries(CONTRACTS))('%s', (_service, contract) => {
      // oxlint-disable-next-line vitest/expect-expect -- the claims assert by themselves
      test.for(claimsOf(contract))('%s', async ([, needs, check], context) => {
        const missing = needs.filter((each) => lacking.has(each));
        for (const each of missing) skipped.set(each, (skipped.get(each) ?? 0) + 1);
        context.skip(missing.length > 0, `needs ${missing.join(', ')}`);
        await check(scene);
        held += 1;
      });
    });
  });
}

type ClaimRow = readonly [text: string, needs: readonly Capability[], check: (scene: Scene) => Promise<void>];

function claimsOf(contract: (claim: Claim) => void): readonly ClaimRow[] {
  const rows: ClaimRow[] = [];
  contract((...row) => rows.push(row));
  return rows;
}

function summary(
  name: string,
  held: number,
  skipped: ReadonlyMap<Capability, number>,
  lacking: ReadonlyMap<Capability, string>,
  left: readonly string[],
): string {
  return [
    `${name}: ${held} claims hold`,
    ...[...lacking].map(([each, why]) => `  lacks ${each}, claims skipped for it: ${skipped.get(each) ?? 0}; ${why}`),
    ...left.map((each) => `  could not delete ${each}`),
  ].join('\n');
}
