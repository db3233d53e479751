/** @module What a deployed stack is called, for whoever drives it from outside. */

export interface DeployedResource {
  readonly logicalId: string;
  readonly type: string;
  /** Such as `Stack/Failover/Table/Resource`; empty where the assembly doesn't say. */
  readonly constructPath: string;
  /** What `Ref` gives. */
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** As in the template, intrinsics evaluated. */
  readonly properties: unknown;
}

/**
 * Looks resources up by logical id, physical id, or the end of the construct path: `Table` and `Failover/Table` both
 * find `Stack/Failover/Table/Resource`.
 */
export class Deployment {
  readonly stackName: string;
  readonly resources: readonly DeployedResource[];
  readonly outputs: Readonly<Record<string, string>>;

  constructor(stackName: string, resources: readonly DeployedResource[], outputs: Readonly<Record<string, string>>) {
    this.stackName = stackName;
    this.resources = resources;
    this.outputs = outputs;
  }

  functionArn(name: string): string {
    return this.attribute('AWS::Lambda::Function', name, 'Arn');
  }

  functionName(name: string): string {
    return this.find('AWS::Lambda::Function', name).physicalId;
  }

  stateMachineArn(name: string): string {
    return this.find('AWS::StepFunctions::StateMachine', name).physicalId;
  }

  topicArn(name: string): string {
    return this.find('AWS::SNS::Topic', name).physicalId;
  }

  /** Of a table of either type. */
  tableName(name: string): string {
    const types = ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'];
    const type = types.find((each) => this.ofType(each).length > 0) ?? 'AWS::DynamoDB::Table';
    return this.find(type, name).physicalId;
  }

  securityGroupId(name: string): string {
    return this.find('AWS::EC2::SecurityGroup', name).physicalId;
  }

  /** The alarms as the template defines them. */
  alarms(): readonly DeployedResource[] {
    return this.ofType('AWS::CloudWatch::Alarm');
  }

  ofType(type: string): readonly DeployedResource[] {
    return this.resources.filter((each) => each.type === type);
  }

  /** @throws RangeError unless exactly one resource of the type has the name */
  find(type: string, name: string): DeployedResource {
    const found = this.ofType(type).filter(
      ({ logicalId, physicalId, constructPath }) =>
        logicalId === name ||
        physicalId === name ||
        `/${constructPath.replace(/\/(Resource|Default)$/, '')}`.endsWith(`/${name}`),
    );
    const [only] = found;
    if (only && found.length === 1) return only;
    const candidates = (found.length > 1 ? found : this.ofType(type)).map(
      (each) => each.constructPath || each.logicalId,
    );
    throw new RangeError(
      `stack ${this.stackName} has ${found.length} resources of type ${type} named ${name}; there are: ${candidates.join(', ') || 'none'}`,
    );
  }

  private attribute(type: string, name: string, attribute: string): string {
    const value = this.find(type, name).attributes[attribute];
    if (value === undefined) throw new RangeError(`${type} ${name} has no attribute ${attribute}`);
    return value;
  }
}
