/**
 * @module STS: who a caller is, and keys for a role.
 *
 * Left out: session policies, tags, expiry: a key is good as long as the cloud is there.
 */
import type { Account } from '../account.ts';
import type { Identities } from '../identities.ts';
import type { AwsService } from '../service.ts';
import { AwsError } from '../wire/aws-error.ts';
import { Form } from '../wire/form.ts';
import { operations } from '../wire/operations.ts';
import { queryAnswer } from '../wire/protocols.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';
const ROLE_ARN = /^arn:aws:iam::\d{12}:role\/(?:.*\/)?([\w+=,.@-]+)$/;
const SESSION_MS = 3_600_000;

export function stsService(account: Account, identities: Identities): AwsService {
  return operations('sts', {
    GetCallerIdentity: ({ body, caller, requestId }) => {
      const form = new Form(body);
      form.end();
      const name = caller.principal.split('/').at(-1) ?? '';
      const result = { Arn: caller.principal, UserId: `AIDA${name.toUpperCase()}`, Account: account.id };
      return queryAnswer(NAMESPACE, form.action, requestId, result);
    },
    AssumeRole: ({ body, requestId }) => {
      const form = new Form(body);
      const roleArn = form.required('RoleArn');
      const session = form.required('RoleSessionName');
      form.text('DurationSeconds');
      form.end();
      const [, name] = ROLE_ARN.exec(roleArn) ?? [];
      if (name === undefined) throw new AwsError('ValidationError', `${roleArn} is invalid`);
      const { accessKeyId, secretAccessKey, sessionToken } = identities.issue({ principal: roleArn });
      return queryAnswer(NAMESPACE, form.action, requestId, {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: new Date(Date.now() + SESSION_MS),
        },
        AssumedRoleUser: {
          AssumedRoleId: `AROA${name.toUpperCase()}:${session}`,
          Arn: `arn:aws:sts::${account.id}:assumed-role/${name}/${session}`,
        },
      });
    },
  });
}
