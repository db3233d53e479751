/**
 * @module Workflow variables and who sees them.
 *
 * Guarantees: a scope reads its own variables and those of the scopes around it, and writes only its own; each branch of
 * a `Parallel` and each iteration of a `Map` has one, so siblings never see each other's.
 */
import type { Json } from './json.ts';

export class VariableScope {
  readonly #outer: VariableScope | undefined;
  readonly #values = new Map<string, Json>();

  constructor(outer?: VariableScope) {
    this.#outer = outer;
  }

  assign(values: Readonly<Record<string, Json>>): void {
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
  }

  /** The value of the innermost variable of the name; undefined where there is none. */
  get(name: string): Json | undefined {
    const own = this.#values.get(name);
    return own === undefined ? this.#outer?.get(name) : own;
  }
}
