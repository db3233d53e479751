/**
 * @module The lab's AWS: one account in one Region, on loopback.
 *
 * Guarantees: everything that it starts — servers, sandboxes, timers, scratch files — is gone when `close()` resolves.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabNetwork } from '../net/network.ts';
import { type Account, arn } from './account.ts';
import { startDnsServer } from './dns-server.ts';
import { type Endpoint, startEndpoint } from './endpoint.ts';
import type { CloudListener } from './events.ts';
import { Faults } from './faults/faults.ts';
import type { Surroundings } from './faults/under-faults.ts';
import { Access } from './iam/access.ts';
import { ask } from './iam/authorization.ts';
import { AccessDenied } from './iam/denial.ts';
import { managedPolicy } from './iam/managed-policies.ts';
import { type Credentials, Identities } from './identities.ts';
import { integrationPorts } from './integrations.ts';
import { callAs } from './internal-call.ts';
import type { FunctionSpec } from './lambda/function.ts';
import { guessedLatency, type Latency, STATE_TRANSITION_GUESS_MS } from './latency.ts';
import type { AwsService } from './service.ts';
import { startDynamoDb } from './services/dynamodb.ts';
import { ec2Service } from './services/ec2.ts';
import { Lambda } from './services/lambda.ts';
import { CloudWatch } from './services/cloudwatch.ts';
import { EventBridge } from './services/event-bridge.ts';
import { DNS_SYNC_GUESS_MS, Route53 } from './services/route53.ts';
import type { ScheduleJitter } from './services/schedule-jitter.ts';
import { Scheduler } from './services/scheduler.ts';
import { secretsManagerService } from './services/secrets-manager.ts';
import { Sns } from './services/sns.ts';
import { serviceIntegrations } from './services/step-functions/integrations.ts';
import { StepFunctionsError } from './services/step-functions/errors.ts';
import { StepFunctionsService } from './services/step-functions.ts';
import { iamService } from './services/iam.ts';
import { stsService } from './services/sts.ts';
import { callJson } from './template/call-json.ts';
import { deployStack } from './template/deploy.ts';
import type { Deployment } from './template/deployment.ts';
import { Timers } from './timers.ts';
import { DEFAULT_TIMES, type WorldTimes } from './world/effects.ts';
import { World } from './world/world.ts';

export interface CloudOptions {
  readonly network: LabNetwork;
  /** Where it may keep files, which are gone when it is closed.  @default - the system's directory for such */
  readonly directory?: string;
  /** @default - account 123456789012 in eu-west-1 */
  readonly account?: Account;
  /** @default - the guesses of latency.ts */
  readonly latency?: Latency;
  /** Milliseconds that Step Functions spends between two states.  @default - a guess */
  readonly stateTransitionMs?: number;
  /** Whether an independent validator must have nothing against a state machine that is created.  @default true */
  readonly secondOpinion?: boolean;
  /** @default - the guesses of effects.ts */
  readonly times?: Partial<WorldTimes>;
  /** @default - a guess, 10 s */
  readonly dnsSyncTimeMs?: number;
  /** Milliseconds from deployment to each schedule's first fire.  @default - at once */
  readonly scheduleFirstFireDelayMs?: () => number;
  /** How each schedule, by its name, keeps its times after the first.  @default - punctually */
  readonly scheduleJitterOf?: (name: string) => ScheduleJitter;
  /** How long each function may run, in milliseconds, for a measurement that can't wait.  @default - as deployed */
  readonly functionTimeoutOf?: (spec: FunctionSpec) => number;
  /** How long a second of an alarm's period lasts, in milliseconds.  @default 1000, as written */
  readonly alarmSecondMs?: number;
  /** Whether an access key that the lab never issued is an administrator's, as other emulators have it.  @default false */
  readonly openToAnyKey?: boolean;
  /** @default - a free port */
  readonly endpointPort?: number;
  /** 53 where hosts resolve names by themselves.  @default - a free port */
  readonly dnsPort?: number;
  /**
   * What roles are that nobody has made: nobody, as on AWS; or administrators, where only what the services do matters.
   *
   * @default 'refused'
   */
  readonly unknownRoles?: 'refused' | 'administrators';
  /** @default - nobody listens */
  readonly onEvent?: CloudListener;
}

export interface LabCloud {
  readonly account: Account;
  readonly endpointUrl: string;
  readonly dns: { readonly address: string; readonly port: number };
  readonly world: World;
  readonly identities: Identities;
  /** Everything that the endpoint answers for. */
  readonly services: readonly AwsService[];
  /** Judges every call, and knows which permissions were used. */
  readonly access: Access;
  readonly lambda: Lambda;
  readonly route53: Route53;
  readonly scheduler: Scheduler;
  readonly eventBridge: EventBridge;
  readonly cloudWatch: CloudWatch;
  readonly sns: Sns;
  readonly stepFunctions: StepFunctionsService;
  /** A key for whoever drives the lab from outside, such as an operator's CLI. */
  readonly operator: Credentials;
  /** Deploys a stack that `cdk synth` wrote. @throws Error naming the resource that can't be deployed, and why */
  deploy(assemblyDirectory: string, stackName?: string): Promise<Deployment>;
  /** Makes a directory that is removed with the cloud. */
  scratchDirectory(): string;
  /** Replaces the latency of every call from now on. */
  setLatency(latency: Latency): void;
  /** What befalls calls; nothing until rules are armed. */
  readonly faults: Faults;
  close(): Promise<void>;
}

const DEFAULT_ACCOUNT: Account = { id: '123456789012', region: 'eu-west-1' };

/** @throws Error `EADDRINUSE` or `EACCES` for a port that can't be had; nothing is left running then */
export async function startCloud(options: CloudOptions): Promise<LabCloud> {
  const { network, directory = tmpdir(), account = DEFAULT_ACCOUNT, dnsSyncTimeMs = DNS_SYNC_GUESS_MS } = options;
  const emit: CloudListener = (event) => {
    if (event.type === 'log' && event.stream === 'stdout') cloudWatch.takeLine(event.line);
    options.onEvent?.(event);
  };
  const timers = new Timers((error) => emit({ type: 'fault', error }));
  const operator = { principal: `arn:aws:iam::${account.id}:user/operator` };
  const identities = new Identities(options.openToAnyKey === true ? operator : undefined);
  const world = new World(account, network, { ...DEFAULT_TIMES, ...options.times }, timers);
  const { unknownRoles = 'refused' } = options;
  const access = new Access({ account, identities, world, emit, unknownRoles });
  const invokeFunction = (functionArn: string, event: string): void => lambda.invokeAsync(functionArn, event);
  const sns = new Sns({ account, emit, invokeFunction });
  const route53 = new Route53(timers, () => dnsSyncTimeMs);
  const dynamoDb = await startDynamoDb(account, directory);
  let latency = options.latency ?? guessedLatency();
  const faults = new Faults();
  const surroundings: Surroundings = { faults, latency: () => latency, timers };
  let endpoint: Endpoint | undefined;
  const scratchDirectories: string[] = [];
  const scratchDirectory = (): string => {
    const made = mkdtempSync(join(directory, 'code-'));
    scratchDirectories.push(made);
    return made;
  };
  const lambda = new Lambda({
    account,
    world,
    identities,
    access,
    timers,
    emit,
    endpointUrl: () => endpoint?.url ?? '',
    scratchDirectory,
    timeoutOf: options.functionTimeoutOf,
  });
  const stepFunctions = new StepFunctionsService({
    accountId: account.id,
    region: account.region,
    secondOpinion: options.secondOpinion,
    assertRole(roleArn, stateMachineArn) {
      try {
        access.assume('states.amazonaws.com', roleArn, stateMachineArn);
      } catch (error) {
        if (!(error instanceof AccessDenied)) throw error;
        const refusal =
          'Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.';
        throw new StepFunctionsError('AccessDeniedException', refusal);
      }
    },
    invokeResource: serviceIntegrations(
      integrationPorts({
        account,
        access,
        lambda,
        sns,
        service: (name) => services.find((service) => service.name === name),
        executionEnded: (executionArn) => stepFunctions.executionEnded(executionArn),
        surroundings,
      }),
    ),
    answers: (name, action) => services.some((each) => each.name === name && each.actions.includes(action)),
    stateTransitionDelayMs: options.stateTransitionMs ?? STATE_TRANSITION_GUESS_MS,
    onEvent: (executionArn, event) => emit({ type: 'history', executionArn, event }),
  });
  const eventBridge = new EventBridge({
    account,
    timers,
    latency: () => latency,
    invokeFunction,
    emit,
    async startExecution({ roleArn, ruleArn, ...execution }) {
      const call = { roleArn, service: 'states', action: 'StartExecution', text: JSON.stringify(execution) };
      await callAs(surroundings, call, async () => {
        const role = access.assume('events.amazonaws.com', roleArn, ruleArn);
        access.authorize(role, ask('states:StartExecution', [execution.stateMachineArn]));
        await callJson(stepFunctions, 'AWSStepFunctions.StartExecution', execution);
      });
    },
  });
  world.effects.onInstanceState = ({ instanceId, state }) =>
    eventBridge.emit({
      source: 'aws.ec2',
      detailType: 'EC2 Instance State-change Notification',
      resources: [arn(account, 'ec2', `instance/${instanceId}`)],
      detail: { 'instance-id': instanceId, state },
    });
  const cloudWatch = new CloudWatch({
    account,
    timers,
    secondMs: options.alarmSecondMs ?? 1_000,
    publish(topicArn, subject, message, alarmArn) {
      try {
        access.authorizeService('cloudwatch.amazonaws.com', alarmArn, ask('sns:Publish', [topicArn]));
      } catch (error) {
        // Nobody hears of an alarm that its topic does not let in; the cloud's listener has.
        if (error instanceof AccessDenied) return;
        throw error;
      }
      sns.publish({ topicArn, subject, message, attributes: {} });
    },
    emit: (event) => eventBridge.emit(event),
  });
  const scheduler = new Scheduler({
    account,
    timers,
    emit,
    firstFireDelayMs: options.scheduleFirstFireDelayMs ?? (() => 0),
    jitterOf: options.scheduleJitterOf,
    deliver: async ({ targetArn, input, roleArn, groupArn }) => {
      const text = `${targetArn}\n${input}`;
      if (targetArn.includes(':stateMachine:')) {
        await callAs(surroundings, { roleArn, service: 'states', action: 'StartExecution', text }, async () => {
          const role = access.assume('scheduler.amazonaws.com', roleArn, groupArn);
          access.authorize(role, ask('states:StartExecution', [targetArn]));
          await callJson(stepFunctions, 'AWSStepFunctions.StartExecution', { stateMachineArn: targetArn, input });
        });
        return;
      }
      if (!targetArn.includes(':lambda:')) {
        throw new Error(`the lab's schedules reach functions and state machines only, not ${targetArn}`);
      }
      await callAs(surroundings, { roleArn, service: 'lambda', action: 'Invoke', text }, () => {
        const role = access.assume('scheduler.amazonaws.com', roleArn, groupArn);
        access.authorize(role, ask('lambda:InvokeFunction', [targetArn]));
        lambda.invokeAsync(targetArn, input);
      });
    },
  });
  const services: readonly AwsService[] = [
    dynamoDb.service,
    ec2Service(world),
    lambda.service,
    route53.service,
    scheduler.service,
    eventBridge.service,
    cloudWatch.service,
    secretsManagerService(world),
    sns.service,
    stepFunctions,
    iamService(account, identities),
    stsService(account, identities),
  ];
  const servers: { close(): Promise<void> }[] = [dynamoDb];
  const started = async <Server extends { close(): Promise<void> }>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting.catch(async (error: unknown) => {
      await Promise.all(servers.map((each) => each.close()));
      throw error;
    });
    servers.push(server);
    return server;
  };
  endpoint = await started(
    startEndpoint({
      host: network.serviceAddress,
      port: options.endpointPort ?? 0,
      services,
      identities,
      access,
      surroundings,
      reaches: (vpcId, service) => world.reaches(vpcId, service),
      emit,
    }),
  );
  const dns = await started(
    startDnsServer({
      route53,
      address: network.serviceAddress,
      port: options.dnsPort ?? 0,
    }),
  );
  const { url } = endpoint;
  const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess';
  identities.attachPolicy(operator.principal, { name: administrator, document: managedPolicy(administrator) });

  return {
    account,
    endpointUrl: url,
    dns: { address: dns.address, port: dns.port },
    world,
    identities,
    services,
    access,
    lambda,
    route53,
    scheduler,
    eventBridge,
    cloudWatch,
    sns,
    stepFunctions,
    operator: identities.issue(operator),
    deploy: (assemblyDirectory, stackName) =>
      deployStack({
        assemblyDirectory,
        ...(stackName !== undefined && { stackName }),
        target: {
          account,
          world,
          identities,
          access,
          lambda,
          scheduler,
          eventBridge,
          cloudWatch,
          sns,
          dynamoDb: dynamoDb.service,
          stepFunctions,
        },
        scratchDirectory,
      }),
    scratchDirectory,
    setLatency: (next) => {
      latency = next;
    },
    faults,
    async close() {
      // Executions first: they would take the end of a sandbox for a failure of their task.
      await stepFunctions.close();
      timers.close();
      await lambda.close();
      await Promise.all(servers.map((server) => server.close()));
      for (const made of scratchDirectories) rmSync(made, { recursive: true, force: true });
    },
  };
}
