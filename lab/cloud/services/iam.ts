/**
 * @module IAM: roles and their policies, made by the wire, by which calls are judged from then on.
 *
 * Left out: users, groups, instance profiles, boundaries, versions of a policy. A policy that the lab could not judge a call
 * by is refused when it is put. Roles of a deployed template are judged by, and not listed here.
 */
import type { AwsResponse, AwsService } from '../service.ts';
import { Form } from '../wire/form.ts';
import { operations } from '../wire/operations.ts';
import { queryAnswer } from '../wire/protocols.ts';
import type { Xml } from '../wire/xml.ts';
import { ManagedPolicies, type ManagedPolicy } from './iam/managed-policies.ts';
import { Roles, type Role } from './iam/roles.ts';
import type { Account } from '../account.ts';
import type { Identities } from '../identities.ts';

const NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/';

export function iamService(account: Account, identities: Identities): AwsService {
  const managed = new ManagedPolicies(account);
  const roles = new Roles(account, identities, managed);
  return operations('iam', {
    CreateRole: operation((form) => {
      const name = form.required('RoleName');
      const trustPolicy = form.required('AssumeRolePolicyDocument');
      const path = form.text('Path') ?? '/';
      const description = form.text('Description') ?? '';
      form.text('MaxSessionDuration');
      form.tags();
      return { Role: described(roles.create({ name, trustPolicy, path, description })) };
    }),
    GetRole: operation((form) => ({ Role: described(roles.get(form.required('RoleName'))) })),
    ListRoles: operation((form) => listed('Roles', roles.all(form.text('PathPrefix')).map(described))),
    UpdateAssumeRolePolicy: operation((form) =>
      roles.setTrust(form.required('RoleName'), form.required('PolicyDocument')),
    ),
    DeleteRole: operation((form) => roles.delete(form.required('RoleName'))),
    PutRolePolicy: operation((form) =>
      roles.putPolicy(form.required('RoleName'), form.required('PolicyName'), form.required('PolicyDocument')),
    ),
    GetRolePolicy: operation((form) => {
      const [RoleName, PolicyName] = [form.required('RoleName'), form.required('PolicyName')];
      return { RoleName, PolicyName, PolicyDocument: encoded(roles.policy(RoleName, PolicyName)) };
    }),
    ListRolePolicies: operation((form) =>
      listed('PolicyNames', [...roles.get(form.required('RoleName')).inline.keys()]),
    ),
    DeleteRolePolicy: operation((form) => roles.deletePolicy(form.required('RoleName'), form.required('PolicyName'))),
    CreatePolicy: operation((form) => {
      const name = form.required('PolicyName');
      const document = form.required('PolicyDocument');
      const path = form.text('Path') ?? '/';
      form.text('Description');
      form.tags();
      return { Policy: describedPolicy(managed.create({ name, path, document })) };
    }),
    GetPolicy: operation((form) => ({ Policy: describedPolicy(managed.get(form.required('PolicyArn'))) })),
    DeletePolicy: operation((form) => managed.delete(form.required('PolicyArn'))),
    AttachRolePolicy: operation((form) => roles.attach(form.required('RoleName'), form.required('PolicyArn'))),
    DetachRolePolicy: operation((form) => roles.detach(form.required('RoleName'), form.required('PolicyArn'))),
    ListAttachedRolePolicies: operation((form) =>
      listed(
        'AttachedPolicies',
        [...roles.get(form.required('RoleName')).attached].map((PolicyArn) => ({
          PolicyName: PolicyArn.split('/').at(-1),
          PolicyArn,
        })),
      ),
    ),
  });
}

function operation(run: (form: Form) => Xml | void) {
  return (request: { readonly body: Buffer; readonly requestId: string }): AwsResponse => {
    const form = new Form(request.body);
    form.text('Marker');
    form.text('MaxItems');
    const result = run(form) ?? {};
    form.end();
    return queryAnswer(NAMESPACE, form.action, request.requestId, result);
  };
}

function listed(name: string, member: readonly Xml[]): Xml {
  return { [name]: { member }, IsTruncated: false };
}

function described({ arn, id, name, path, description, trustPolicy, createdAt }: Role): Xml {
  return {
    Path: path,
    RoleName: name,
    RoleId: id,
    Arn: arn,
    CreateDate: createdAt,
    AssumeRolePolicyDocument: encoded(trustPolicy),
    ...(description !== '' && { Description: description }),
    MaxSessionDuration: 3600,
  };
}

function describedPolicy({ arn, id, name, path, createdAt }: ManagedPolicy): Xml {
  return {
    PolicyName: name,
    PolicyId: id,
    Arn: arn,
    Path: path,
    DefaultVersionId: 'v1',
    IsAttachable: true,
    CreateDate: createdAt,
    UpdateDate: createdAt,
  };
}

/** As RFC 3986 has it: the service gives documents so. */
function encoded(document: string): string {
  return encodeURIComponent(document);
}
