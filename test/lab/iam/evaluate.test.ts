import { describe, expect, test } from 'vitest';
import type { RequestContext } from '../../../lab/cloud/iam/conditions.ts';
import { evaluate } from '../../../lab/cloud/iam/evaluate.ts';
import { statementsOf } from '../../../lab/cloud/iam/policy.ts';

interface Asking {
  readonly action?: string;
  readonly resource?: string;
  readonly context?: RequestContext;
}

const BUCKET = 'arn:aws:s3:::bucket/key';

function decide(statements: readonly object[], asking: Asking = {}) {
  const { action = 's3:GetObject', resource = BUCKET, context = {} } = asking;
  const policy = statementsOf('test', { Version: '2012-10-17', Statement: statements }, 'identity');
  return evaluate(policy, { action, resource, context }).effect;
}

const allow = (more: object = {}) => ({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...more });
const deny = (more: object = {}) => ({ ...allow(more), Effect: 'Deny' });

describe('the logic', () => {
  test.each<[string, object[], string]>([
    ['nothing allows it', [], 'implicit-deny'],
    ['something allows it', [allow()], 'allow'],
    ['something denies it', [deny()], 'explicit-deny'],
    ['something allows and something denies it, in this order', [allow(), deny()], 'explicit-deny'],
    ['something allows and something denies it, in the other order', [deny(), allow()], 'explicit-deny'],
    ['only another action is allowed', [allow({ Action: 's3:PutObject' })], 'implicit-deny'],
    ['only another resource is allowed', [allow({ Resource: 'arn:aws:s3:::other/*' })], 'implicit-deny'],
    ['another action is denied', [allow(), deny({ Action: 's3:PutObject' })], 'allow'],
  ])('where %s', (_where, statements, effect) => {
    expect(decide(statements)).toBe(effect);
  });

  test('every statement that decided is told', () => {
    const policy = statementsOf(
      'test',
      { Statement: [allow({ Sid: 'One' }), allow(), allow({ Action: 's3:PutObject' })] },
      'identity',
    );
    const decision = evaluate(policy, { action: 's3:GetObject', resource: BUCKET, context: {} });
    expect(decision.effect === 'allow' && decision.by.map(({ id }) => id)).toEqual(['One', '#2']);
  });
});

describe('actions', () => {
  test.each<[string | string[], string, boolean]>([
    ['s3:GetObject', 's3:GetObject', true],
    ['S3:getobject', 's3:GetObject', true],
    ['s3:Get*', 's3:GetObject', true],
    ['s3:Get?bject', 's3:GetObject', true],
    ['s3:*', 's3:GetObject', true],
    ['*', 's3:GetObject', true],
    [['s3:PutObject', 's3:GetObject'], 's3:GetObject', true],
    ['s3:Get', 's3:GetObject', false],
    ['s3.GetObject', 's3:GetObject', false],
    ['s3:GetObject?', 's3:GetObject', false],
  ])('%j covers %s: %s', (Action, action, covers) => {
    expect(decide([allow({ Action })], { action })).toBe(covers ? 'allow' : 'implicit-deny');
  });

  test('NotAction covers every other', () => {
    const statement = { Effect: 'Allow', NotAction: ['s3:Delete*', 's3:Put*'], Resource: '*' };
    expect(decide([statement], { action: 's3:GetObject' })).toBe('allow');
    expect(decide([statement], { action: 's3:DeleteObject' })).toBe('implicit-deny');
  });
});

describe('resources', () => {
  const instance = 'arn:aws:ec2:eu-west-1:123456789012:instance/i-1';
  test.each<[string | string[], string, boolean]>([
    ['*', instance, true],
    [instance, instance, true],
    [['arn:aws:s3:::x', instance], instance, true],
    ['arn:aws:ec2:eu-west-1:123456789012:instance/*', instance, true],
    ['arn:aws:ec2:*:123456789012:instance/i-?', instance, true],
    ['arn:aws:ec2:eu-*:123456789012:instance/i-1', instance, true],
    // A `*` at the end of a segment reaches over colons, one inside it does not.
    ['arn:aws:ec2:*', instance, true],
    ['arn:aws:e*2:eu-west-1:123456789012:instance/i-1', instance, true],
    ['arn:aws:e*1:123456789012:instance/i-1', instance, false],
    ['arn:aws:EC2:eu-west-1:123456789012:instance/i-1', instance, false],
    ['arn:aws:ec2:eu-west-1:123456789012:instance/i-', instance, false],
    ['arn:aws:ec2:eu-west-1:123456789012:instance/i-1', `${instance}1`, false],
    ['arn:aws:logs:r:1:log-group:g:*', 'arn:aws:logs:r:1:log-group:g:log-stream:$LATEST', true],
    ['arn:aws:states:r:1:execution:m:*', 'arn:aws:states:r:1:execution:m2:e', false],
    ['arn:aws:secretsmanager:r:1:secret:a/b-??????', 'arn:aws:secretsmanager:r:1:secret:a/b-0f9ac2', true],
    ['arn:aws:secretsmanager:r:1:secret:a/b-??????', 'arn:aws:secretsmanager:r:1:secret:a/b-c-0f9ac2', false],
    // Where an action knows no resources, only a star allows it.
    [instance, '*', false],
  ])('%j covers %s: %s', (Resource, resource, covers) => {
    expect(decide([allow({ Resource })], { resource })).toBe(covers ? 'allow' : 'implicit-deny');
  });

  test('NotResource covers every other', () => {
    const statement = { Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::secret/*' };
    expect(decide([statement])).toBe('allow');
    expect(decide([statement], { resource: 'arn:aws:s3:::secret/x' })).toBe('implicit-deny');
  });
});

describe('conditions', () => {
  const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:f';
  test.each<[Record<string, unknown>, RequestContext, boolean]>([
    [{ StringEquals: { 'aws:SourceAccount': '1' } }, { 'aws:sourceaccount': '1' }, true],
    [{ StringEquals: { 'aws:SourceAccount': ['1', '2'] } }, { 'aws:sourceaccount': '2' }, true],
    [{ StringEquals: { 'aws:SourceAccount': '1' } }, { 'aws:sourceaccount': '3' }, false],
    [{ StringEquals: { 'aws:SourceAccount': '1' } }, {}, false],
    [{ StringEquals: { k: 'a' } }, { k: 'A' }, false],
    [{ StringEqualsIgnoreCase: { k: 'a' } }, { k: 'A' }, true],
    [{ StringEqualsIfExists: { k: 'a' } }, {}, true],
    [{ StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, false],
    [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'c' }, true],
    [{ StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, false],
    [{ StringNotEquals: { k: 'a' } }, {}, true],
    [{ StringLike: { k: 'a*' } }, { k: 'abc' }, true],
    [{ StringNotLike: { k: 'a*' } }, { k: 'abc' }, false],
    [{ ArnLike: { k: 'arn:aws:lambda:eu-west-1:123456789012:function:*' } }, { k: functionArn }, true],
    [{ ArnEquals: { k: 'arn:aws:lambda:*:123456789012:function:f' } }, { k: functionArn }, true],
    [{ ArnNotLike: { k: 'arn:aws:lambda:*:*:function:g' } }, { k: functionArn }, true],
    [{ Bool: { k: true } }, { k: 'true' }, true],
    [{ Bool: { k: 'true' } }, { k: 'false' }, false],
    [{ NumericLessThan: { k: 10 } }, { k: '9' }, true],
    [{ NumericGreaterThanEquals: { k: '10' } }, { k: '9' }, false],
    [{ Null: { k: 'true' } }, {}, true],
    [{ Null: { k: 'true' } }, { k: 'a' }, false],
    [{ Null: { k: false } }, { k: 'a' }, true],
    [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'b', 'a'] }, true],
    [{ 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, false],
    // Well known for it: what is absent is all of anything.
    [{ 'ForAllValues:StringEquals': { k: 'a' } }, {}, true],
    [{ 'ForAnyValue:StringEquals': { k: ['a', 'b'] } }, { k: ['c', 'b'] }, true],
    [{ 'ForAnyValue:StringEquals': { k: 'a' } }, { k: ['c', 'b'] }, false],
    [{ 'ForAnyValue:StringEquals': { k: 'a' } }, {}, false],
    [{ 'ForAnyValue:StringNotEquals': { k: 'a' } }, { k: ['a', 'b'] }, true],
    [{ 'ForAllValues:StringNotEquals': { k: 'a' } }, { k: ['a', 'b'] }, false],
    // Every key and every operator must hold.
    [{ StringEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'b' }, true],
    [{ StringEquals: { k: 'a', l: 'b' } }, { k: 'a', l: 'c' }, false],
    [{ StringEquals: { k: 'a' }, StringLike: { l: 'b*' } }, { k: 'a', l: 'c' }, false],
  ])('%j given %j: %s', (Condition, context, holds) => {
    expect(decide([allow({ Condition })], { context })).toBe(holds ? 'allow' : 'implicit-deny');
  });
});

describe('a policy that could not be judged is refused where it is attached', () => {
  test.each<[object, RegExp]>([
    [{ Effect: 'allow', Action: '*', Resource: '*' }, /policy P: Statement\.0\.Effect/],
    [{ Effect: 'Allow', Resource: '*' }, /policy P, statement #1: .*both or neither of Action and NotAction/],
    [{ Effect: 'Allow', Action: '*' }, /both or neither of Resource and NotResource/],
    [{ ...allow(), Principal: '*' }, /names no Principal/],
    [{ ...allow(), Resources: '*' }, /Unrecognized key/],
    [allow({ Sid: 'Net', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }), /statement Net: .*IpAddress/],
    [allow({ Resource: 'arn:aws:s3:::${aws:username}/*' }), /policy variable in "arn:aws:s3:::\$\{aws:username\}/],
  ])('%j', (statement, message) => {
    expect(() => statementsOf('P', { Statement: [statement] }, 'identity')).toThrow(message);
  });

  test('a trust policy says who, and about nothing but its role', () => {
    const trust = (statement: object) => () => statementsOf('T', { Statement: statement }, 'trust');
    const lambda = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };
    const [statement] = trust(lambda)();
    expect(statement?.namesPrincipal('lambda.amazonaws.com')).toBe(true);
    expect(statement?.namesPrincipal('states.amazonaws.com')).toBe(false);
    expect(trust({ ...lambda, Resource: '*' })).toThrow(/names no Resource/);
    expect(trust({ ...lambda, Principal: undefined })).toThrow(/add a Principal/);
    expect(trust({ ...lambda, Principal: { Federated: 'saml' } })).toThrow(/the principal Federated/);
    expect(trust({ ...lambda, Principal: { AWS: '123456789012' } })).toThrow(/the principal 123456789012/);
  });
});
