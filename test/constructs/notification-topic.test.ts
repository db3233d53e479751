import { expect, it } from 'vitest';
import { synthesize } from './example.ts';
import { readable } from './readable.ts';
import { properties } from './resources.ts';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string;
  readonly Principal: unknown;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const [policy] = properties(synthesize(), 'AWS::SNS::TopicPolicy') as {
  PolicyDocument: { Statement: Statement[] };
  Topics: unknown[];
}[];
const statements = policy!.PolicyDocument.Statement;

it('the topic refuses what comes without TLS', () => {
  expect(statements.find(({ Effect }) => Effect === 'Deny')).toMatchObject({
    Action: 'sns:Publish',
    Principal: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
});

it('the topic lets the alarms of its account in, which SNS does by itself only where a topic has no policy', () => {
  const allowed = statements.find(({ Sid }) => Sid === 'AlarmsMayPublish');
  expect(allowed).toMatchObject({
    Effect: 'Allow',
    Action: 'sns:Publish',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
  });
  expect(readable(allowed?.Condition['StringEquals']?.['aws:SourceAccount'])).toBe('${AWS::AccountId}');
  expect(readable(allowed?.Condition['ArnLike']?.['aws:SourceArn'])).toBe(
    'arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*',
  );
});
