import { GetRoleCommand, GetRolePolicyCommand } from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { refusal } from '../clients.ts';
import type { Claim } from '../contract.ts';

export function iamContract(claim: Claim): void {
  claim('a role tells who may assume it, and its policy what it may', [], async (scene) => {
    const { iam } = scene.clients;
    const arn = await scene.role();
    const RoleName = arn.split('/').at(-1);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    expect(Role?.Arn).toBe(arn);
    expect(documentOf(Role?.AssumeRolePolicyDocument)).toMatchObject({ Statement: [{ Action: 'sts:AssumeRole' }] });
    const policy = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'all-of-the-suite' }));
    expect(documentOf(policy.PolicyDocument)).toMatchObject({ Statement: [{ Effect: 'Allow', Resource: '*' }] });
  });

  claim('an unknown role is refused', [], async (scene) => {
    const unknown = new GetRoleCommand({ RoleName: scene.name('none') });
    expect(await refusal(scene.clients.iam.send(unknown))).toBe('NoSuchEntityException');
  });
}

/** Documents come URL-encoded. */
function documentOf(encoded: string | undefined): unknown {
  return JSON.parse(decodeURIComponent(encoded ?? 'null'));
}
