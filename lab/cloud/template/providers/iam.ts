/** @module Roles and policies of a template: kept with their principal, whose calls are judged by them. */
import * as z from 'zod';
import { roleArn } from '../../account.ts';
import { managedPolicy } from '../../iam/managed-policies.ts';
import { provider } from '../provider.ts';

const INLINE_POLICY = z.object({ PolicyName: z.string(), PolicyDocument: z.unknown() });

export const role = provider(
  {
    RoleName: z.string().optional(),
    AssumeRolePolicyDocument: z.unknown(),
    ManagedPolicyArns: z.array(z.string()).default([]),
    Policies: z.array(INLINE_POLICY).default([]),
  },
  ['Description', 'MaxSessionDuration', 'Path'],
  ({ RoleName, AssumeRolePolicyDocument, ManagedPolicyArns, Policies }, { account, identities, generatedName }) => {
    const name = RoleName ?? generatedName;
    const arn = roleArn(account, name);
    identities.addRole(arn, AssumeRolePolicyDocument);
    for (const managed of ManagedPolicyArns) {
      identities.attachPolicy(arn, {
        name: managed,
        document: identities.policyDocument(managed) ?? managedPolicy(managed),
      });
    }
    for (const { PolicyName, PolicyDocument } of Policies) {
      identities.attachPolicy(arn, { name: PolicyName, document: PolicyDocument });
    }
    return { physicalId: name, attributes: { Arn: arn, RoleId: `AROA${name}` } };
  },
);

export const policy = provider(
  { PolicyName: z.string(), PolicyDocument: z.unknown(), Roles: z.array(z.string()).default([]) },
  ['Groups', 'Users'],
  ({ PolicyName, PolicyDocument, Roles }, { account, identities }) => {
    for (const roleName of Roles) {
      identities.attachPolicy(roleArn(account, roleName), { name: PolicyName, document: PolicyDocument });
    }
    return { physicalId: PolicyName };
  },
);

/** Attached to the roles that it names, and to those that name it. */
export const standingPolicy = provider(
  { ManagedPolicyName: z.string().optional(), PolicyDocument: z.unknown(), Roles: z.array(z.string()).default([]) },
  ['Description', 'Path', 'Groups', 'Users'],
  ({ ManagedPolicyName, PolicyDocument, Roles }, { account, identities, generatedName }) => {
    const policyArn = `arn:aws:iam::${account.id}:policy/${ManagedPolicyName ?? generatedName}`;
    identities.addPolicy(policyArn, PolicyDocument);
    for (const roleName of Roles) {
      identities.attachPolicy(roleArn(account, roleName), { name: policyArn, document: PolicyDocument });
    }
    return { physicalId: policyArn };
  },
);
