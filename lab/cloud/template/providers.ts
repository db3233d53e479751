/** @module The types of resource that the lab can deploy. */
import { arn } from '../account.ts';
import type { Provider } from './provider.ts';
import { recorded } from './provider.ts';
import { alarm } from './providers/cloudwatch.ts';
import { table } from './providers/dynamodb.ts';
import { egress, ingress, securityGroup, vpcEndpoint } from './providers/ec2.ts';
import { rule } from './providers/events.ts';
import { policy, role, standingPolicy } from './providers/iam.ts';
import { eventInvokeConfig, lambdaFunction } from './providers/lambda.ts';
import { schedule } from './providers/scheduler.ts';
import { subscription, topic, topicPolicy } from './providers/sns.ts';
import { stateMachine } from './providers/step-functions.ts';

const logGroup: Provider = async (properties, context) => {
  const { physicalId } = await recorded('LogGroupName')(properties, context);
  return { physicalId, attributes: { Arn: arn(context.account, 'logs', `log-group:${physicalId}:*`) } };
};

export const PROVIDERS: Readonly<Record<string, Provider>> = {
  'AWS::CDK::Metadata': recorded('Analytics'),
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': recorded('DashboardName'),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::EC2::SecurityGroup': securityGroup,
  'AWS::EC2::SecurityGroupEgress': egress,
  'AWS::EC2::SecurityGroupIngress': ingress,
  'AWS::EC2::VPCEndpoint': vpcEndpoint,
  'AWS::Events::Rule': rule,
  'AWS::IAM::ManagedPolicy': standingPolicy,
  'AWS::IAM::Policy': policy,
  'AWS::IAM::Role': role,
  'AWS::Lambda::EventInvokeConfig': eventInvokeConfig,
  'AWS::Lambda::Function': lambdaFunction,
  'AWS::Lambda::Permission': recorded('Id'),
  'AWS::Logs::LogGroup': logGroup,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::Topic': topic,
  'AWS::SNS::TopicPolicy': topicPolicy,
  'AWS::Scheduler::Schedule': schedule,
  'AWS::Scheduler::ScheduleGroup': recorded('Name'),
  'AWS::StepFunctions::StateMachine': stateMachine,
};
