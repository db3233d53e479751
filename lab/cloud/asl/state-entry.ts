/**
 * @module One stay in a state: its input, its place in the history, and what its expressions see.
 *
 * Guarantees: all expressions of a state see the variables as they were on entry; a failure that the interpreter raises
 * names the state and the event of its entry, in the service's words.
 */
import type { Entrance } from './checkpoint.ts';
import { ErrorName, StateFailure } from './failure.ts';
import { evaluateTemplate, EvaluationError, expressionText, unexpectedType, type Lookup } from './expression.ts';
import type { Execution } from './execution.ts';
import { exceedsPayloadQuota, type Json, type JsonObject } from './json.ts';
import { jsonataFunctions } from './jsonata-functions.ts';
import type { Thread } from './thread.ts';

/** What `$states` has besides the input and the context, at the moment of an evaluation. */
export interface StatesVariable {
  readonly result?: Json;
  readonly errorOutput?: JsonObject;
}

/** How a state ended: where to go, and with what. */
export interface StateOutcome {
  readonly output: Json;
  readonly assigned: Readonly<Record<string, Json>>;
  /** Undefined at the end of the region. */
  readonly next: string | undefined;
}

/** The fields of a state, of a choice rule or of a catcher that shape what comes after. */
interface OutcomeFields {
  readonly Assign?: Record<string, Json> | undefined;
  readonly Output?: Json | undefined;
  readonly Next?: string | undefined;
}

export class StateEntry {
  readonly name: string;
  readonly input: Json;
  readonly thread: Thread;
  readonly execution: Execution;
  /** How often the state was retried; undefined for a state that can't be. */
  retryCount: number | undefined;
  readonly #entrance: Entrance;

  constructor(name: string, input: Json, entrance: Entrance, thread: Thread, execution: Execution) {
    this.name = name;
    this.input = input;
    this.thread = thread;
    this.execution = execution;
    this.#entrance = entrance;
  }

  /** The same stay, with its expressions on the chain of a thread inside, and seeing the element that it works on. */
  onThread(thread: Thread): StateEntry {
    const entry = new StateEntry(this.name, this.input, this.#entrance, thread, this.execution);
    entry.retryCount = this.retryCount;
    return entry;
  }

  /**
   * The value of a field.
   * @param field its place in the state, such as `Choices[0]/Condition`
   * @throws StateFailure `States.QueryEvaluationError`, after the event that says so
   */
  async evaluate(template: Json, field: string, states: StatesVariable = {}): Promise<Json> {
    try {
      return await evaluateTemplate(template, field, this.#lookup(states));
    } catch (error) {
      throw error instanceof EvaluationError ? this.#evaluationFailure(error) : error;
    }
  }

  /**
   * A whole number between the bounds, from a literal or an expression.
   * @throws StateFailure `States.QueryEvaluationError`
   */
  async evaluateInteger(template: Json, field: string, min: number, max = 99_999_999): Promise<number> {
    const value = await this.evaluate(template, field);
    if (typeof value !== 'number') throw this.wrongType(template, field, 'number', value);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    const text = expressionText(template) ?? JSON.stringify(template);
    const problem = `returned ${value}, but a whole number between ${min} and ${max} is expected.`;
    throw this.#evaluationFailure(new EvaluationError(text, field, problem));
  }

  /** The failure of an expression whose value its field can't take. */
  wrongType(template: Json, field: string, expected: string, value: Json): StateFailure {
    const actual = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
    return this.#evaluationFailure(unexpectedType(template, field, expected, actual, value));
  }

  /**
   * Shapes the output and the variables.
   * @param otherwise the output when the fields don't give one
   * @param path where the fields stand in the state, such as `Catch[0]/`; empty for the state's own
   */
  async outcome(fields: OutcomeFields, otherwise: Json, states: StatesVariable = {}, path = ''): Promise<StateOutcome> {
    const assigned: Record<string, Json> = {};
    for (const [name, template] of Object.entries(fields.Assign ?? {})) {
      assigned[name] = await this.evaluate(template, `${path}Assign/${name}`, states);
    }
    this.#assertWithinQuota(assigned, 'assigned variables');
    const output =
      fields.Output === undefined ? otherwise : await this.evaluate(fields.Output, `${path}Output`, states);
    this.#assertWithinQuota(output, 'returned a result');
    return { output, assigned, next: fields.Next };
  }

  /** The state's failure by an error that the interpreter itself found. */
  failure(error: string, cause: string): StateFailure {
    const where = `An error occurred while executing the state '${this.name}' (entered at the event id #${this.#entrance.eventId}).`;
    return new StateFailure(error, `${where} ${cause}`);
  }

  #assertWithinQuota(value: Json, what: string): void {
    if (!exceedsPayloadQuota(value)) return;
    const cause = `The state/task '${this.name}' ${what} with a size exceeding the maximum number of bytes service limit.`;
    throw this.failure(ErrorName.dataLimitExceeded, cause);
  }

  #evaluationFailure(error: EvaluationError): StateFailure {
    const failure = this.failure(ErrorName.queryEvaluationError, error.message);
    this.thread.record('EvaluationFailed', {
      evaluationFailedEventDetails: {
        error: failure.error,
        cause: failure.cause,
        location: error.field,
        state: this.name,
      },
    });
    return failure;
  }

  #lookup(states: StatesVariable): Lookup {
    const { scope } = this.thread.checkpoint;
    const contextNow = () => this.#context();
    const ofStates = {
      input: this.input,
      // Few expressions look at it.
      get context() {
        return contextNow();
      },
      ...states,
    };
    let functions: Readonly<Record<string, unknown>> | undefined;
    return (name) => {
      if (name === 'states') return ofStates;
      const variable = scope.get(name);
      if (variable !== undefined) return variable;
      functions ??= jsonataFunctions(this.execution.ports);
      return functions[name];
    };
  }

  #context(): JsonObject {
    const { mapItem } = this.thread;
    return {
      ...this.execution.context,
      State: {
        Name: this.name,
        EnteredTime: this.#entrance.time,
        ...(this.retryCount === undefined ? {} : { RetryCount: this.retryCount }),
      },
      ...(mapItem === undefined ? {} : { Map: { Item: { ...mapItem } } }),
    };
  }
}
