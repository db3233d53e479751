/**
 * @module A small stack with one of everything that the lab deploys, synthesized into a temporary directory.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import * as targets from 'aws-cdk-lib/aws-scheduler-targets';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';

/** The handler of every function here: does what its event's `do` says. */
export const HANDLER = `
let invocations = 0;
export const handler = async (event, context) => {
  invocations += 1;
  switch (event.do) {
    case 'environment': return process.env;
    case 'context': return { name: context.functionName, arn: context.invokedFunctionArn,
      requestId: context.awsRequestId, remainingMs: context.getRemainingTimeInMillis() };
    case 'count': return { invocations, pid: process.pid };
    case 'wait': await new Promise((resolve) => setTimeout(resolve, event.milliseconds)); return { pid: process.pid };
    case 'throw': { const error = new Error('as told'); error.name = 'ToldTo'; throw error; }
    case 'exit': process.exit(3);
    case 'say': console.log(event.line); return null;
    default: return { echo: event };
  }
};
`;

/** Returns the assembly's directory. */
export function synthesizeSampleStack(change: (stack: Stack) => void = () => undefined): string {
  const directory = mkdtempSync(join(tmpdir(), 'lab-cloud-test-'));
  const code = join(directory, 'code');
  mkdirSync(code);
  writeFileSync(join(code, 'index.mjs'), HANDLER);
  const app = new App({ outdir: join(directory, 'cdk.out'), context: { 'aws:cdk:bundling-stacks': [] } });
  const stack = new Stack(app, 'Sample', { env: { account: '123456789012', region: 'eu-west-1' } });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0000000a',
    availabilityZones: ['eu-west-1a'],
    privateSubnetIds: ['subnet-0000000a'],
  });
  const group = new ec2.SecurityGroup(stack, 'ProbeGroup', { vpc });
  group.addIngressRule(group, ec2.Port.tcp(443));
  const table = new dynamodb.TableV2(stack, 'Table', {
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
  });
  const topic = new sns.Topic(stack, 'Topic');
  topic.addSubscription(new subscriptions.EmailSubscription('operator@example.com'));
  const runtime = lambda.Runtime.NODEJS_24_X;
  const probe = new lambda.Function(stack, 'Probe', {
    runtime,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(code),
    vpc,
    securityGroups: [group],
    timeout: Duration.seconds(1),
    environment: { TABLE_NAME: table.tableName },
    logGroup: new logs.LogGroup(stack, 'ProbeLogs'),
    retryAttempts: 0,
  });
  table.grantReadWriteData(probe);
  const outside = new lambda.Function(stack, 'Outside', {
    runtime,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = async (event) => ({ inline: event });'),
  });
  const machine = new stepfunctions.StateMachine(stack, 'Machine', {
    queryLanguage: stepfunctions.QueryLanguage.JSONATA,
    definitionBody: stepfunctions.DefinitionBody.fromString(DEFINITION),
    definitionSubstitutions: { PROBE_ARN: probe.functionArn, TOPIC_ARN: topic.topicArn },
  });
  probe.grantInvoke(machine);
  topic.grantPublish(machine);
  new scheduler.Schedule(stack, 'Schedule', {
    schedule: scheduler.ScheduleExpression.rate(Duration.minutes(1)),
    target: new targets.LambdaInvoke(outside, {
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
      input: scheduler.ScheduleTargetInput.fromObject({ from: 'schedule' }),
    }),
  });
  new cloudwatch.Alarm(stack, 'Alarm', {
    metric: probe.metricErrors(),
    threshold: 1,
    evaluationPeriods: 1,
  });
  new CfnOutput(stack, 'MachineArn', { value: machine.stateMachineArn });
  new CfnOutput(stack, 'Sentence', { value: `table ${table.tableName} of ${stack.stackName}` });
  change(stack);
  app.synth();
  return join(directory, 'cdk.out');
}

const DEFINITION = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'Ask the function',
  States: {
    'Ask the function': {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: '${PROBE_ARN}', Payload: '{% $states.input %}' },
      Output: '{% $states.result.Payload %}',
      Catch: [{ ErrorEquals: ['ToldTo'], Next: 'Tell people', Output: '{% $states.errorOutput %}' }],
      End: true,
    },
    'Tell people': {
      Type: 'Task',
      Resource: 'arn:aws:states:::sns:publish',
      Arguments: { TopicArn: '${TOPIC_ARN}', Subject: 'failed', Message: '{% $states.input.Error %}' },
      Output: '{% $states.input %}',
      End: true,
    },
  },
});
