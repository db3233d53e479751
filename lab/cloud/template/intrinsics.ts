/**
 * @module Evaluates CloudFormation's intrinsic functions.
 *
 * Guarantees: what comes out holds no intrinsic; one that the lab doesn't know is refused by name. A resource that is
 * referred to is created first, because evaluating asks for it.
 */

/** Where an expression finds what it refers to. */
export interface Scope {
  /** What `Ref` gives: of a parameter, a pseudo parameter or a resource. */
  readonly ref: (name: string) => Promise<unknown>;
  readonly attribute: (logicalId: string, name: string) => Promise<unknown>;
  readonly condition: (name: string) => Promise<boolean>;
  readonly mapping: (name: string, top: string, second: string) => unknown;
}

/** What `AWS::NoValue` evaluates to: its property or element is left out. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope) => Promise<unknown>;

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, scope) => scope.ref(text(argument)),
  Condition: (argument, scope) => scope.condition(text(argument)),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId = '', ...path] = Array.isArray(argument) ? argument.map(text) : text(argument).split('.');
    return scope.attribute(logicalId, path.join('.'));
  },
  'Fn::Join': async (argument, scope) => {
    const [separator, parts] = list(argument);
    return list(await evaluate(parts, scope))
      .map(text)
      .join(text(separator));
  },
  'Fn::Sub': async (argument, scope) => {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
    const given = (await evaluate(variables, scope)) as Readonly<Record<string, unknown>>;
    return substitute(text(template), async (name) => {
      if (Object.hasOwn(given, name)) return text(given[name]);
      const [logicalId = '', ...path] = name.split('.');
      return text(path.length === 0 ? await scope.ref(name) : await scope.attribute(logicalId, path.join('.')));
    });
  },
  'Fn::Select': async (argument, scope) => {
    const [index, values] = list(await evaluate(argument, scope));
    const value = list(values)[Number(index)];
    if (value === undefined) throw new Error(`Fn::Select has no element ${text(index)}`);
    return value;
  },
  'Fn::Split': async (argument, scope) => {
    const [separator, whole] = list(await evaluate(argument, scope));
    return text(whole).split(text(separator));
  },
  'Fn::If': async (argument, scope) => {
    const [condition, yes, no] = list(argument);
    return evaluate((await scope.condition(text(condition))) ? yes : no, scope);
  },
  'Fn::Equals': async (argument, scope) => {
    const [left, right] = list(await evaluate(argument, scope));
    return text(left) === text(right);
  },
  'Fn::Not': async (argument, scope) => {
    const [value] = list(await evaluate(argument, scope));
    return value !== true;
  },
  'Fn::And': async (argument, scope) => list(await evaluate(argument, scope)).every((each) => each === true),
  'Fn::Or': async (argument, scope) => list(await evaluate(argument, scope)).some((each) => each === true),
  'Fn::FindInMap': async (argument, scope) => {
    const [name, top, second] = list(await evaluate(argument, scope)).map(text);
    return scope.mapping(name ?? '', top ?? '', second ?? '');
  },
  'Fn::Base64': async (argument, scope) => Buffer.from(text(await evaluate(argument, scope))).toString('base64'),
  'Fn::ToJsonString': async (argument, scope) => JSON.stringify(await evaluate(argument, scope)),
};

/** @throws Error for an intrinsic that the lab doesn't know, or whatever the scope throws */
export async function evaluate(value: unknown, scope: Scope): Promise<unknown> {
  if (Array.isArray(value)) {
    const elements: unknown[] = [];
    for (const each of value) elements.push(await evaluate(each, scope));
    return elements.filter((each) => each !== NO_VALUE);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (only && entries.length === 1 && (only[0] === 'Ref' || only[0] === 'Condition' || only[0].startsWith('Fn::'))) {
    const [name, argument] = only;
    const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
    // A policy statement has a key `Condition` too; that one holds a block, never a name.
    if (intrinsic && !(name === 'Condition' && typeof argument !== 'string')) return intrinsic(argument, scope);
    if (name !== 'Condition') throw new Error(`the lab does not know the intrinsic function ${name}`);
  }
  const result: Record<string, unknown> = {};
  for (const [key, each] of entries) {
    const evaluated = await evaluate(each, scope);
    if (evaluated !== NO_VALUE) result[key] = evaluated;
  }
  return result;
}

/** Replaces `${Name}`; `${!Name}` stands for itself. */
export async function substitute(template: string, lookup: (name: string) => Promise<string>): Promise<string> {
  const parts: string[] = [];
  let end = 0;
  for (const match of template.matchAll(/\$\{(!?)([^}]+)\}/g)) {
    const [whole, escaped, name = ''] = match;
    parts.push(template.slice(end, match.index), escaped ? `\${${name}}` : await lookup(name.trim()));
    end = match.index + whole.length;
  }
  return parts.join('') + template.slice(end);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error(`an intrinsic function needs a list, but got ${JSON.stringify(value)}`);
}

function text(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`an intrinsic function needs text, but got ${JSON.stringify(value)}`);
}
