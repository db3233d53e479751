/**
 * @module Judges every call by the policies of its caller.
 *
 * Guarantees: what a call asks for is allowed by a statement, or the call is denied and the cloud tells of it; a call that
 * the lab can't put into IAM's words is refused to everybody but administrators, of whom IAM asks nothing in particular.
 * Which statements allowed or denied something is kept.
 */
import type { Account } from '../account.ts';
import type { CloudListener } from '../events.ts';
import type { Caller, Granted, Identities } from '../identities.ts';
import type { AwsRequest } from '../service.ts';
import { actionOf } from '../wire/action.ts';
import { notModelled } from '../wire/aws-error.ts';
import type { World } from '../world/world.ts';
import { askedBy } from './actions.ts';
import type { Asked } from './authorization.ts';
import type { RequestContext } from './conditions.ts';
import { AccessDenied, denialAs, type DenialReason } from './denial.ts';
import { evaluate } from './evaluate.ts';

/** That a statement decided about an action. */
export interface Use {
  readonly principal: string;
  readonly policy: string;
  readonly statement: string;
  readonly action: string;
}

export interface AccessOptions {
  readonly account: Account;
  readonly identities: Identities;
  readonly world: World;
  readonly emit: CloudListener;
  /** What a role is that nobody has made: nobody, as on AWS, or an administrator, for a cloud that only simulates. */
  readonly unknownRoles: 'refused' | 'administrators';
}

export class Access {
  private readonly options: AccessOptions;
  private readonly used = new Map<string, Use>();
  /** How many calls were judged that came by the wire, and how long that took in all. */
  readonly cost = { calls: 0, ms: 0 };

  constructor(options: AccessOptions) {
    this.options = options;
  }

  /** Every statement that decided about a call, with the action. */
  get uses(): readonly Use[] {
    return [...this.used.values()];
  }

  /** Judges a call before its service sees it. @throws AwsError as the service words a denial, or `NotImplemented` */
  authorizeCall(caller: Caller, service: string, request: AwsRequest): void {
    if (this.isAdministrator(caller.principal)) return;
    const startedAt = performance.now();
    const { account, world } = this.options;
    const asked = askedBy(service, { request, account, world });
    if (asked === undefined) {
      const { name } = actionOf(service, request);
      throw notModelled(`what IAM asks of ${service} ${name}: add it to lab/cloud/iam/actions`);
    }
    try {
      this.authorize(caller, asked);
    } catch (error) {
      throw error instanceof AccessDenied ? denialAs(service, error) : error;
    } finally {
      this.cost.calls += 1;
      this.cost.ms += performance.now() - startedAt;
    }
  }

  /** @throws AccessDenied naming the first that nothing allows, or that something denies */
  authorize(caller: Caller, asked: readonly Asked[]): void {
    if (this.isAdministrator(caller.principal)) return;
    const { identities } = this.options;
    for (const { action, resource, context } of asked) {
      const ofResource = identities.resourceStatementsOf(resource) ?? [];
      const statements = [
        ...identities.statementsOf(caller.principal),
        ...ofResource.filter(({ namesPrincipal }) => namesPrincipal(caller.principal)),
      ];
      const decision = evaluate(statements, {
        action,
        resource,
        context: { ...this.usualContext(caller), ...context },
      });
      if (decision.effect === 'implicit-deny') throw this.denied(caller, action, resource, 'not-allowed');
      for (const statement of decision.by) this.keep(caller.principal, statement, action);
      if (decision.effect === 'explicit-deny') throw this.denied(caller, action, resource, 'denied');
    }
  }

  /**
   * A service acts for a resource of the account without any role: only the policy of what it acts on is asked. Without one
   * it is let in, as by the policy that SNS gives to topics.
   *
   * @throws AccessDenied
   */
  authorizeService(principal: string, sourceArn: string, asked: readonly Asked[]): void {
    const { account, identities } = this.options;
    const guarded = asked.filter(({ resource }) => identities.resourceStatementsOf(resource) !== undefined);
    this.authorize({ principal, context: sourceOf(account, sourceArn) }, guarded);
  }

  /**
   * A service takes on a role, to do something in its name.
   *
   * @param principal such as `lambda.amazonaws.com`
   * @param sourceArn the resource that it acts for; null where the service does not tell
   * @throws AccessDenied unless the role trusts the service
   */
  assume(principal: string, roleArn: string, sourceArn: string | null): Caller {
    const { account, identities, unknownRoles } = this.options;
    const caller = { principal: roleArn, session: sessionOf(principal) };
    const context = sourceArn === null ? {} : sourceOf(account, sourceArn);
    const trust = identities.trustOf(roleArn);
    if (trust === undefined && unknownRoles === 'administrators') return caller;
    const applying = (trust ?? []).filter(({ namesPrincipal }) => namesPrincipal(principal));
    const decision = evaluate(applying, { action: 'sts:AssumeRole', resource: roleArn, context });
    if (decision.effect === 'allow') return caller;
    throw this.denied({ principal }, 'sts:AssumeRole', roleArn, trust === undefined ? 'no-role' : 'not-trusted');
  }

  /** Allowed everything, whatever it is. */
  private isAdministrator(principal: string): boolean {
    const { identities, unknownRoles } = this.options;
    const statements = identities.statementsOf(principal);
    if (statements.length === 0)
      return unknownRoles === 'administrators' && identities.trustOf(principal) === undefined;
    return statements.some(({ isUnlimited }) => isUnlimited) && statements.every(({ effect }) => effect === 'Allow');
  }

  private usualContext({ principal, context }: Caller): RequestContext {
    const { account } = this.options;
    return {
      'aws:principalarn': principal,
      'aws:principalaccount': account.id,
      'aws:requestedregion': account.region,
      // The lab's endpoint speaks plainly, and stands for one that does not.
      'aws:securetransport': 'true',
      ...context,
    };
  }

  private keep(principal: string, { policy, id: statement }: Granted, action: string): void {
    this.used.set(`${principal} ${policy} ${statement} ${action}`, { principal, policy, statement, action });
  }

  private denied(caller: Caller, action: string, resource: string, reason: DenialReason): AccessDenied {
    const error = new AccessDenied(caller, action, resource, reason);
    this.options.emit({
      type: 'denied',
      principal: caller.principal,
      action,
      resource,
      reason,
      message: error.message,
    });
    return error;
  }
}

function sourceOf(account: Account, sourceArn: string): RequestContext {
  return { 'aws:sourceaccount': account.id, 'aws:sourcearn': sourceArn };
}

/** AWS makes names up: what matters is who it was. */
function sessionOf(service: string): string {
  return service.split('.')[0] ?? service;
}
