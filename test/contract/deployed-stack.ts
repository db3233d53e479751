/**
 * A stack as an endpoint made it: what became of each resource of the template, and what the template says once
 * CloudFormation's functions are put in.
 *
 * @module
 */
import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { StackArtifact } from '../../lab/cloud/template/assembly.ts';
import { evaluate, type Scope } from '../../lab/cloud/template/intrinsics.ts';

export interface Place {
  readonly account: string;
  readonly region: string;
}

export class DeployedStack {
  readonly artifact: StackArtifact;
  private readonly place: Place;
  private readonly physicalIds: ReadonlyMap<string, string>;

  private constructor(artifact: StackArtifact, place: Place, physicalIds: ReadonlyMap<string, string>) {
    this.artifact = artifact;
    this.place = place;
    this.physicalIds = physicalIds;
  }

  static async read(artifact: StackArtifact, place: Place, client: CloudFormationClient): Promise<DeployedStack> {
    const physicalIds = new Map<string, string>();
    for await (const page of paginateListStackResources({ client }, { StackName: artifact.name })) {
      for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
        if (LogicalResourceId && PhysicalResourceId) physicalIds.set(LogicalResourceId, PhysicalResourceId);
      }
    }
    return new DeployedStack(artifact, place, physicalIds);
  }

  /** Logical ids of a type, in the order of the template. */
  of(type: string): string[] {
    return Object.entries(this.artifact.template.Resources)
      .filter(([, { Type }]) => Type === type)
      .map(([logicalId]) => logicalId);
  }

  /** Logical ids of what the template has and the stack has not. */
  get missing(): string[] {
    return Object.keys(this.artifact.template.Resources).filter((logicalId) => !this.physicalIds.has(logicalId));
  }

  typeOf(logicalId: string): string | undefined {
    return this.artifact.template.Resources[logicalId]?.Type;
  }

  /** @throws Error when the endpoint has not made it */
  physicalId(logicalId: string): string {
    const found = this.physicalIds.get(logicalId);
    if (found === undefined) throw new Error(`${logicalId} is not in the stack`);
    return found;
  }

  /** The properties of a resource as they must have reached its service. */
  async properties<T>(logicalId: string): Promise<T> {
    return (await evaluate(this.artifact.template.Resources[logicalId]?.Properties, this.scope)) as T;
  }

  private get scope(): Scope {
    const { account, region } = this.place;
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::Region': region,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    return {
      ref: (name) => Promise.resolve(pseudo[name] ?? this.physicalId(name)),
      attribute: (logicalId, name) => Promise.resolve(this.attribute(logicalId, name)),
      condition: (name) => Promise.reject(new Error(`the template has no condition, so not ${name}`)),
      mapping: (name) => {
        throw new Error(`the template has no mapping, so not ${name}`);
      },
    };
  }

  /** As AWS forms them, but for one. */
  private attribute(logicalId: string, name: string): string {
    const type = this.typeOf(logicalId);
    const id = this.physicalId(logicalId);
    const { account, region } = this.place;
    switch (`${type} ${name}`) {
      case 'AWS::Lambda::Function Arn':
        return `arn:aws:lambda:${region}:${account}:function:${id}`;
      case 'AWS::IAM::Role Arn':
        return `arn:aws:iam::${account}:role/${id}`;
      case 'AWS::Logs::LogGroup Arn':
        // AWS's own ends in `:*`, which moto 5.2.1 leaves off.
        return `arn:aws:logs:${region}:${account}:log-group:${id}`;
      case 'AWS::DynamoDB::Table Arn':
        return `arn:aws:dynamodb:${region}:${account}:table/${id}`;
      case 'AWS::EC2::SecurityGroup GroupId':
        return id;
      default:
        throw new Error(`no way is known to form ${name} of ${type}`);
    }
  }
}
