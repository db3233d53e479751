/**
 * @module The faults that are on, and what they make of each call.
 *
 * Guarantees: every request is counted once by every rule that is about it, whichever other rule befalls it; of several
 * refusals the first rule's counts, and latencies add up. Without rules it costs nothing.
 */
import { AwsError } from '../wire/aws-error.ts';
import { faultAnswer } from './codes.ts';
import { sample } from './distribution.ts';
import { type AwsCall, matchesCall } from './match.ts';
import { type FaultRule, type FaultRuleInput, parseFaultRules } from './rule.ts';

/** How a connection tells nothing: it stays open, or it breaks. */
export type Silence = 'hang' | 'reset';

/** What befalls one request. */
export interface Judgement {
  /** Milliseconds that it waits longer than usual. */
  readonly delayMs: number;
  /** Instead of being served. */
  readonly refusal: AwsError | null;
  /** It is not served, and nothing is answered. */
  readonly silence: Silence | null;
  /** It is served, and nothing is answered. */
  readonly lost: Silence | null;
  /** It reads what was so many milliseconds ago. */
  readonly staleMs: number;
}

/** How many requests a rule befell. */
export interface FaultCount {
  readonly rule: string;
  readonly requests: number;
}

interface Armed {
  readonly rule: FaultRule;
  /** When it begins; null until the call came that it waits for. */
  beginsAtMs: number | null;
  /** Requests within its time that it is about. */
  seen: number;
  befallen: number;
  /** By call: attempts seen. */
  readonly attempts: Map<string, number>;
}

const NOTHING: Judgement = { delayMs: 0, refusal: null, silence: null, lost: null, staleMs: 0 };

export class Faults {
  private armed: readonly Armed[] = [];
  private isOn = false;
  private readonly now: () => number;
  private readonly random: () => number;

  constructor({ now = Date.now, random = Math.random }: { now?: () => number; random?: () => number } = {}) {
    this.now = now;
    this.random = random;
  }

  /** Replaces the rules; each begins to count anew. @throws FaultRuleError */
  arm(rules: readonly FaultRuleInput[]): void {
    this.armed = (rules.length === 0 ? [] : parseFaultRules(rules, 'fault rules')).map((rule) => ({
      rule,
      beginsAtMs: rule.since === undefined ? this.now() + rule.afterMs : null,
      seen: 0,
      befallen: 0,
      attempts: new Map(),
    }));
    this.isOn = this.armed.length > 0;
  }

  /** Everything is well from now on; the counts stay. */
  lift(): void {
    this.isOn = false;
  }

  /** How many requests each rule befell, in the order of the rules. */
  counts(): readonly FaultCount[] {
    return this.armed.map(({ rule, befallen }) => ({ rule: nameOf(rule), requests: befallen }));
  }

  /** What befalls a request; to be asked once for each. */
  judge(call: AwsCall): Judgement {
    if (!this.isOn) return NOTHING;
    let judgement = NOTHING;
    for (const each of this.armed) {
      if (!this.befalls(each, call)) continue;
      each.befallen += 1;
      judgement = added(judgement, each.rule, call, this.random);
    }
    return judgement;
  }

  private befalls(armed: Armed, call: AwsCall): boolean {
    const { rule, attempts } = armed;
    const nowMs = this.now();
    if (armed.beginsAtMs === null && rule.since !== undefined && matchesCall(rule.since, call)) {
      armed.beginsAtMs = nowMs + rule.afterMs;
    }
    const { beginsAtMs } = armed;
    if (beginsAtMs === null || nowMs < beginsAtMs) return false;
    if (rule.forMs !== undefined && nowMs >= beginsAtMs + rule.forMs) return false;
    if (!matchesCall(rule, call)) return false;
    armed.seen += 1;
    if (armed.seen < rule.from) return false;
    if (rule.count !== undefined && armed.seen >= rule.from + rule.count) return false;
    if (rule.attempts === undefined) return true;
    const attempt = (attempts.get(call.callId) ?? 0) + 1;
    attempts.set(call.callId, attempt);
    return attempt <= rule.attempts;
  }
}

function added(so: Judgement, { fault }: FaultRule, { service }: AwsCall, random: () => number): Judgement {
  if (fault.kind === 'latency') return { ...so, delayMs: so.delayMs + sample(fault.added, random) };
  if (fault.kind === 'stale-read') return { ...so, staleMs: Math.max(so.staleMs, sample(fault.age, random)) };
  if (fault.kind === 'timeout') return { ...so, silence: so.silence ?? fault.how };
  if (fault.kind === 'lost-response') return { ...so, lost: so.lost ?? fault.how };
  const refusal =
    fault.kind === 'error' ? new AwsError(fault.code, fault.message, fault.status) : faultAnswer(service, fault.kind);
  return { ...so, refusal: so.refusal ?? refusal };
}

function nameOf({ name, service = 'AWS', action = '*', fault }: FaultRule): string {
  return name ?? `${fault.kind} of ${service} ${action}`;
}
