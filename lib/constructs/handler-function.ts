/**
 * A function of this product: its runtime, its own role and its own log group.
 *
 * @module
 */
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup, ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function, Runtime, type Code } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

import { acknowledgeWildcards } from './acknowledged.ts';
import { vpcAttachment, writeLogs } from './permissions/function-basics.ts';
import { rolePolicies } from './permissions/role-policies.ts';

export interface HandlerFunctionProps {
  readonly description: string;
  readonly code: Code;
  readonly memorySizeMb: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  /** What the code may do, besides writing its log. */
  readonly permissions: readonly PolicyStatement[];
  readonly logRetention: RetentionDays;
  /** Where in a VPC it stands; outside any when left out. */
  readonly placement?: {
    readonly vpc: IVpc;
    readonly subnets: ISubnet[];
    readonly securityGroup: ISecurityGroup;
  };
}

export class HandlerFunction extends Construct {
  readonly function: Function;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);
    const { placement } = props;
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      // What a failover did is in the journal, which outlives the stack.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const permissions = [
      writeLogs(logGroup),
      ...(placement === undefined ? [] : vpcAttachment(Stack.of(this))),
      ...props.permissions,
    ];
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      // Made with it, and not attached to it later: the function can't be created in a VPC before its role allows that.
      ...rolePolicies(this, permissions),
    });
    acknowledgeWildcards(this, permissions);

    this.function = new Function(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: props.code,
      handler: 'index.handler',
      memorySize: props.memorySizeMb,
      timeout: props.timeout,
      environment: props.environment,
      role,
      logGroup,
      // A schedule invokes again by itself. What Lambda would repeat minutes later is a look at a past state.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
      ...(placement && {
        vpc: placement.vpc,
        vpcSubnets: { subnets: placement.subnets },
        securityGroups: [placement.securityGroup],
      }),
    });
  }
}
