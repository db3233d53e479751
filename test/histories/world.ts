/**
 * Everything that a history is about: the truth, the workflow that runs in it, and what goes wrong.
 *
 * @module
 */
import type { ClusterConfig, Config } from '../../lib/core/config.ts';
import { workflowDefinition } from '../../lib/constructs/workflow/definition.ts';
import type { JournalEvent } from '../../lib/core/journal.ts';
import { dispatcher } from '../../lambdas/step.ts';
import { fakeSecrets } from '../fakes/fake-secrets.ts';
import { memoryStateStore } from '../fakes/memory-state-store.ts';
import type { Faults } from './faults.ts';
import { Invocation } from './invocation.ts';
import { compileBranch } from './machine/compiled.ts';
import { Machine, type Outcome } from './machine/machine.ts';
import { Monitors } from './monitors.ts';
import { Oracle, Violation } from './oracle.ts';
import { dnsOf, executionsOf, networkOf, notifierOf } from './ports/cloud-ports.ts';
import { databasesOf } from './ports/databases.ts';
import { stateOf } from './ports/state-port.ts';
import type { Fault, Script } from './script.ts';
import { configOf, fleetOf } from './settings.ts';
import type { Steps } from './steps.ts';
import { Timeline } from './timeline.ts';
import { Cloud, FENCE_GROUP } from './world/cloud.ts';
import type { Fleet } from './world/fleet.ts';
import type { Server } from './world/server.ts';

const WORKFLOW = compileBranch(
  workflowDefinition({ databaseFunction: 'database', networkFunction: 'network', fenceFunction: 'fence' }),
);
/** Steps by which a change ends: when one of them fares badly, a change may be left as it is. */
const ENDS: readonly string[] = ['open', 'close', 'stand-down', 'halt'];

export class World {
  readonly script: Pick<Script, 'setting'>;
  readonly config: Config;
  readonly cluster: ClusterConfig;
  readonly timeline = new Timeline();
  readonly state = memoryStateStore();
  readonly fleet: Fleet;
  readonly cloud: Cloud;
  readonly machine: Machine;
  readonly monitors: Monitors;
  readonly oracle: Oracle;
  /** Every server that was a primary, until people have made it a replica again. */
  readonly knownToClients: Set<string>;
  /** Subjects of what people were told. */
  readonly told: string[] = [];
  /** What was called, and what came of it. */
  readonly invocations: Invocation[] = [];
  /** Invocations that have not ended, and requests that have not arrived. */
  underWay = 0;
  /** An end of a change fared badly, or an execution was ended from outside. */
  excused = false;
  /** A call that tells people fared badly. */
  untellable = false;
  /** Kept only when somebody is going to read it. */
  readonly log: string[] | null;
  readonly #cuts = new Set<string>();
  readonly #faults: Faults;
  readonly #steps: Steps;
  readonly #counts = new Map<string, number>();

  constructor(script: Pick<Script, 'setting'>, faults: Faults, steps: Steps, log: string[] | null) {
    const { setting } = script;
    this.script = script;
    this.log = log;
    this.#faults = faults;
    this.#steps = steps;
    this.config = configOf(setting);
    const [cluster] = this.config.clusters;
    if (cluster === undefined) throw new Error('a configuration has clusters');
    this.cluster = cluster;
    this.knownToClients = new Set([cluster.initialPrimary]);
    this.fleet = fleetOf(setting, this.config);
    this.cloud = new Cloud(this.fleet, this.timeline, cluster.route.address, setting);
    this.machine = new Machine(WORKFLOW, this.timeline, (execution, args, answer) =>
      this.#invoke(execution, args, answer),
    );
    this.monitors = new Monitors(this);
    this.oracle = new Oracle(this);
    this.cloud.onMoved = () => this.oracle.look();
    void this.state.register(cluster.id, cluster.initialPrimary);
    this.monitors.look();
  }

  get recordedPrimary(): string {
    return this.state.recordNow(this.cluster.id)?.primary ?? this.cluster.initialPrimary;
  }

  get recordedEpoch(): number {
    return this.state.recordNow(this.cluster.id)?.epoch ?? 0;
  }

  journal(epoch: number): readonly JournalEvent[] {
    return this.state.eventsNow.filter((event) => event.epoch === epoch);
  }

  isViolation(error: Error): boolean {
    return error instanceof Violation;
  }

  faultAt(caller: string, call: string, nth: number): Fault | undefined {
    const fault = this.#faults.at(caller, call, nth);
    if (fault === undefined) return undefined;
    const step = caller.split(' ')[1] ?? '';
    if (ENDS.includes(step)) this.excused = true;
    if (call === 'sns.publish' || step === 'halt' || step === 'open') this.untellable = true;
    return fault;
  }

  cut([a, b]: readonly [string, string], isCut: boolean): void {
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const server = this.fleet.servers.find((each) => each.node.id === from);
      if (isCut) server?.cutFrom.add(to);
      else server?.cutFrom.delete(to);
      if (isCut) this.#cuts.add(`${from} ${to}`);
      else this.#cuts.delete(`${from} ${to}`);
    }
  }

  isCut(viewer: string, nodeId: string): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(`${viewer} ${nodeId}`);
  }

  /** Whether clients come there: by its own address, as to each who was a primary, or by the VIP or the record. */
  isReachedByClients({ node }: Server): boolean {
    return this.knownToClients.has(node.id) || this.cloud.vip === node.id || this.cloud.record === node.address;
  }

  note(line: string): void {
    this.log?.push(`${String(this.timeline.nowMs).padStart(8)} ${line}`);
  }

  #invoke(execution: string, args: unknown, answer: (outcome: Outcome) => void): void {
    const { FunctionName, Payload } = args as { FunctionName: keyof Steps; Payload: { step: string; epoch: number } };
    const name = `${execution} ${Payload.step}`;
    const nth = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, nth);
    const id = `${name} ${nth}`;
    const { request = 0, response = 0, fails, twice, again = 0, skew = 0 } = this.faultAt(id, 'invoke', 1) ?? {};
    const respond = (outcome: Outcome) => {
      if (response === 0) answer(outcome);
      else this.timeline.after(response, () => answer(outcome));
    };
    const run = (runId: string, done: (outcome: Outcome) => void) =>
      void this.#runInvocation(
        { id: runId, step: Payload.step, execution, epoch: Payload.epoch, skewMs: skew },
        FunctionName,
        Payload,
        done,
      );
    if (fails === true) {
      // The service fails before or, as often, after it has passed on the call.
      if (again > 0) this.timeline.after(again, () => run(id, () => {}));
      return answer({ ok: false, error: 'Lambda.ServiceException', cause: 'the service failed' });
    }
    if (request === 0) run(id, respond);
    else this.timeline.after(request, () => run(id, respond));
    if (twice === true) this.timeline.after(again, () => run(`${id}b`, () => {}));
  }

  async #runInvocation(
    about: ConstructorParameters<typeof Invocation>[1],
    functionName: keyof Steps,
    payload: unknown,
    done: (outcome: Outcome) => void,
  ): Promise<void> {
    this.note(`${about.id} begins`);
    const invocation = new Invocation(this, about, (error) => {
      this.note(`${about.id} dies: ${error}`);
      done({ ok: false, error, cause: 'the function ended' });
    });
    if (this.log !== null) this.invocations.push(invocation);
    const outcome = await this.#outcomeOf(invocation, functionName, payload);
    if (!invocation.ended(outcome.ok ? 'answered' : 'failed')) return;
    if (this.log !== null) this.note(`${about.id} ${outcome.ok ? 'answers' : 'fails'} ${JSON.stringify(outcome)}`);
    done(outcome);
  }

  async #outcomeOf(invocation: Invocation, functionName: keyof Steps, payload: unknown): Promise<Outcome> {
    try {
      return { ok: true, value: { Payload: await this.#dispatch(invocation, functionName, payload) } };
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      return { ok: false, error: name, cause: JSON.stringify({ errorType: name, errorMessage: message, trace: [] }) };
    }
  }

  #dispatch(invocation: Invocation, functionName: keyof Steps, payload: unknown): Promise<unknown> {
    const event = payload as { readonly step: string };
    const base = { config: this.config, state: stateOf(invocation), clock: invocation };
    switch (functionName) {
      case 'database':
        return dispatcher(this.#steps.database, { ...base, databases: databasesOf(invocation), secrets: fakeSecrets })(
          event,
        );
      case 'network':
        return dispatcher(this.#steps.network, {
          ...base,
          network: networkOf(invocation),
          dns: dnsOf(invocation),
          notifier: notifierOf(invocation),
          executions: executionsOf(invocation),
          recordFailover: () => {},
        })(event);
      case 'fence':
        return dispatcher(this.#steps.fence, {
          ...base,
          network: networkOf(invocation),
          notifier: notifierOf(invocation),
          fenceGroup: FENCE_GROUP,
        })(event);
      default:
        return functionName satisfies never;
    }
  }
}
