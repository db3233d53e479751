/**
 * @module Which calls a rule is about.
 *
 * Guarantees: pure; what a rule does not say matches anything.
 */
import type { Caller } from '../identities.ts';
import type { CallMatch } from './rule.ts';

/** One request to AWS, as rules see it. */
export interface AwsCall {
  readonly service: string;
  readonly action: string;
  readonly caller: Caller;
  /** The same for every attempt at one call. */
  readonly callId: string;
  /** The request as text, in which a rule may look for an id. Called only for rules that look. */
  readonly text: () => string;
}

const READ = /^(Describe|List|Get|BatchGet|TransactGet|Query|Scan)/;

export function matchesCall(match: CallMatch, call: AwsCall): boolean {
  const { caller } = call;
  return (
    (match.service === undefined || match.service === call.service) &&
    matchesPattern(match.action, call.action) &&
    (match.kind === undefined || (match.kind === 'read') === READ.test(call.action)) &&
    matchesPattern(match.principal, caller.principal) &&
    matchesPattern(match.function, caller.functionName) &&
    (match.zone === undefined || match.zone === caller.availabilityZone) &&
    (match.about === undefined || call.text().includes(match.about))
  );
}

function matchesPattern(pattern: string | undefined, text: string | undefined): boolean {
  if (pattern === undefined) return true;
  if (text === undefined) return false;
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
