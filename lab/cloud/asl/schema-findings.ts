/**
 * @module What a definition's form has against it, in the service's sentences as far as they are known (SPEC.md).
 */
import type { z } from 'zod';
import type { Diagnostic } from './diagnostic.ts';

type Issue = z.core.$ZodIssue;

export function schemaFindings(issues: readonly Issue[]): Diagnostic[] {
  return [...missingFields(issues), ...issues.filter((issue) => !isMissing(issue)).flatMap(finding)];
}

/** One finding for all that is missing in one place. */
function missingFields(issues: readonly Issue[]): Diagnostic[] {
  const fields = new Map<string, string[]>();
  for (const { path } of issues.filter(isMissing)) {
    const location = locationOf(path.slice(0, -1));
    // The last is named first, as the service does with a machine without `StartAt` and `States`.
    fields.set(location, [String(path.at(-1)), ...(fields.get(location) ?? [])]);
  }
  return [...fields].map(([location, names]) => failed(`These fields are required: [${names.join(', ')}]`, location));
}

function isMissing(issue: Issue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}

function finding(issue: Issue): Diagnostic[] {
  const location = locationOf(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => failed(`Field '${key}' is not supported`, location));
    case 'invalid_union':
      return issue.errors.length === 0
        ? [failed(issue.message, location)]
        : [failed(issue.errors.map((errors) => errors.map(sentence).join(' and ')).join(', or '), location)];
    default:
      return [failed(sentence(issue), location)];
  }
}

/** The types that the service names otherwise than the schema. */
const TYPE_NAMES: Readonly<Record<string, string>> = { int: 'INTEGER', record: 'OBJECT' };

function sentence(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Expected value of type [${TYPE_NAMES[issue.expected] ?? issue.expected.toUpperCase()}]`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int' ? `Minimum value is ${issue.minimum}` : issue.message;
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int' ? `Maximum value is ${issue.maximum}` : issue.message;
    case 'invalid_value':
      return `Value should be one of the following: [${issue.values.join(', ')}]`;
    default:
      return issue.message;
  }
}

function failed(message: string, location: string): Diagnostic {
  return { code: 'SCHEMA_VALIDATION_FAILED', message, location };
}

function locationOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '/';
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `/${String(part)}`)).join('');
}
