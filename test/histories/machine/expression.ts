/**
 * The few JSONata expressions that the workflow has, compiled. A test holds each against the real `jsonata`; an
 * expression of another shape is refused, so that none is understood wrongly.
 *
 * @module
 */

export interface Bindings {
  /** `$states`: input, result, errorOutput, context. */
  readonly states: Readonly<Record<string, unknown>>;
  readonly variable: (name: string) => unknown;
}

export type Compiled = (bindings: Bindings) => unknown;

/** A value of the definition: expressions in it are evaluated, all else stands for itself. */
export function compileTemplate(template: unknown): Compiled {
  if (typeof template === 'string') {
    const marked = /^\{% (.*) %\}$/s.exec(template)?.[1];
    return marked === undefined ? () => template : compileExpression(marked);
  }
  if (typeof template !== 'object' || template === null) return () => template;
  if (Array.isArray(template)) {
    const items = template.map(compileTemplate);
    return (bindings) => items.map((item) => item(bindings));
  }
  const fields = Object.entries(template).map(([key, value]) => [key, compileTemplate(value)] as const);
  return (bindings) => Object.fromEntries(fields.map(([key, value]) => [key, value(bindings)]));
}

/** @throws Error when the expression is of a shape that is not known here */
export function compileExpression(text: string): Compiled {
  const tokens = text.match(/'[^']*'|\$?\w+|[^\s\w]/g) ?? [];
  const parser = new Parser(tokens, text);
  const compiled = parser.ternary();
  parser.expectEnd();
  return compiled;
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #text: string;
  #index = 0;

  constructor(tokens: readonly string[], text: string) {
    this.#tokens = tokens;
    this.#text = text;
  }

  ternary(): Compiled {
    const condition = this.#equality();
    if (!this.#take('?')) return condition;
    const yes = this.ternary();
    this.#expect(':');
    const no = this.ternary();
    return (bindings) => (condition(bindings) === true ? yes(bindings) : no(bindings));
  }

  expectEnd(): void {
    if (this.#index < this.#tokens.length) this.#fail();
  }

  #equality(): Compiled {
    const left = this.#joined();
    if (!this.#take('=')) return left;
    const right = this.#joined();
    return (bindings) => left(bindings) !== undefined && left(bindings) === right(bindings);
  }

  #joined(): Compiled {
    let joined = this.#path();
    while (this.#take('&')) {
      const [left, right] = [joined, this.#path()];
      joined = (bindings) => textOf(left(bindings)) + textOf(right(bindings));
    }
    return joined;
  }

  #path(): Compiled {
    let path = this.#primary();
    for (;;) {
      const from = path;
      if (this.#take('.')) {
        const field = this.#next();
        if (!/^\w+$/.test(field)) this.#fail();
        path = (bindings) => fieldOf(from(bindings), field);
      } else if (this.#take('[')) {
        const index = Number(this.#next());
        if (!Number.isInteger(index)) this.#fail();
        this.#expect(']');
        path = (bindings) => itemOf(from(bindings), index);
      } else return path;
    }
  }

  #primary(): Compiled {
    const token = this.#next();
    if (token.startsWith("'")) return () => token.slice(1, -1);
    if (token === 'true' || token === 'false') return () => token === 'true';
    if (/^\d+$/.test(token)) return () => Number(token);
    if (token === '{') return this.#object();
    if (!token.startsWith('$') || token === '$') return this.#fail();
    if (!this.#take('(')) {
      if (token === '$states') return ({ states }) => states;
      return ({ variable }) => variable(token.slice(1));
    }
    const argument = this.ternary();
    this.#expect(')');
    const call = FUNCTIONS[token];
    return call === undefined ? this.#fail() : (bindings) => call(argument(bindings));
  }

  #object(): Compiled {
    const fields: [string, Compiled][] = [];
    while (!this.#take('}')) {
      const key = this.#next();
      if (!key.startsWith("'")) this.#fail();
      this.#expect(':');
      fields.push([key.slice(1, -1), this.ternary()]);
      this.#take(',');
    }
    return (bindings) => Object.fromEntries(fields.map(([key, value]) => [key, value(bindings)]));
  }

  #next(): string {
    const token = this.#tokens[this.#index];
    this.#index += 1;
    return token ?? this.#fail();
  }

  #take(token: string): boolean {
    const taken = this.#tokens[this.#index] === token;
    if (taken) this.#index += 1;
    return taken;
  }

  #expect(token: string): void {
    if (!this.#take(token)) this.#fail();
  }

  #fail(): never {
    throw new Error(
      `expression "${this.#text}": unknown at "${this.#tokens[this.#index] ?? 'the end'}"; teach it to test/histories/machine/expression.ts`,
    );
  }
}

const FUNCTIONS: Readonly<Record<string, (argument: unknown) => unknown>> = {
  $exists: (argument) => argument !== undefined,
  $string: (argument) => (argument === undefined ? undefined : textOf(argument)),
  $parse: (argument) => JSON.parse(String(argument)) as unknown,
};

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[field];
}

function itemOf(value: unknown, index: number): unknown {
  if (Array.isArray(value)) return value[index] as unknown;
  return index === 0 ? value : undefined;
}
