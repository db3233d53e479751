/**
 * @module What Lambda itself does in the name of a function's role: it makes the interfaces of a function in a VPC and
 * writes the function's log. Calls of the function's code carry the function's ARN; these do not.
 */
import { type Account, arn } from '../account.ts';
import type { Caller } from '../identities.ts';
import type { Access } from '../iam/access.ts';
import { ask, type Asked } from '../iam/authorization.ts';
import { AccessDenied } from '../iam/denial.ts';
import { AwsError } from '../wire/aws-error.ts';
import { type FunctionSpec, logGroupOf } from './function.ts';

export interface ExecutionRole {
  /** Who the function's code is. */
  readonly code: Caller;
  /** @throws AwsError `InvalidParameterValueException` naming what the role lacks */
  attachToVpc(): void;
  /** Whether a line gets into the function's log. */
  writesLog(): boolean;
}

/** @throws AwsError `InvalidParameterValueException` for a role that Lambda may not assume */
export function assumeExecutionRole(access: Access, account: Account, spec: FunctionSpec): ExecutionRole {
  const role = asLambda('The role defined for the function cannot be assumed by Lambda.', () =>
    access.assume('lambda.amazonaws.com', spec.roleArn, null),
  );
  const lambda = { ...role, session: spec.name };
  let mayLog: boolean | undefined;
  return {
    code: { ...lambda, context: { 'lambda:sourcefunctionarn': spec.arn } },

    attachToVpc() {
      for (const asked of attachment(account, spec)) {
        const call = asked.action.replace('ec2:', '');
        asLambda(`The provided execution role does not have permissions to call ${call} on EC2`, () =>
          access.authorize(lambda, [asked]),
        );
      }
    },

    // Asked when the first line comes, as Lambda makes the stream then.
    writesLog() {
      mayLog ??= isAllowed(() => access.authorize(lambda, delivery(account, spec)));
      return mayLog;
    },
  };
}

/** All that Lambda demands before it makes a function in a VPC, also what it does only when the function is gone. */
function attachment(account: Account, { vpc }: FunctionSpec): readonly Asked[] {
  if (vpc === undefined) return [];
  const ec2 = (resource: string): string => arn(account, 'ec2', resource);
  const anyInterface = [ec2('network-interface/*')];
  return [
    ...ask('ec2:DescribeSubnets', ['*']),
    ...ask('ec2:DescribeNetworkInterfaces', ['*']),
    ...ask('ec2:CreateNetworkInterface', [
      ...anyInterface,
      ...vpc.subnetIds.map((id) => ec2(`subnet/${id}`)),
      ...vpc.groupIds.map((id) => ec2(`security-group/${id}`)),
    ]),
    ...ask('ec2:AssignPrivateIpAddresses', anyInterface),
    ...ask('ec2:UnassignPrivateIpAddresses', anyInterface),
    ...ask('ec2:DeleteNetworkInterface', anyInterface),
  ];
}

function delivery(account: Account, spec: FunctionSpec): readonly Asked[] {
  const group = arn(account, 'logs', `log-group:${logGroupOf(spec)}`);
  const stream = [`${group}:log-stream:$LATEST`];
  return [
    // A group that nobody has named is Lambda's to make.
    ...(spec.logGroup === undefined ? ask('logs:CreateLogGroup', [group]) : []),
    ...ask('logs:CreateLogStream', stream),
    ...ask('logs:PutLogEvents', stream),
  ];
}

function asLambda<T>(message: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof AccessDenied)
      throw new AwsError('InvalidParameterValueException', `${message} ${error.message}`);
    throw error;
  }
}

function isAllowed(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof AccessDenied) return false;
    throw error;
  }
}
