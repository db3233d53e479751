/**
 * @module What is wrong with a definition, and where.
 */

/** One finding, in the service's form: a code, a sentence, and the path of the field in the definition. */
export interface Diagnostic {
  readonly code:
    | 'INVALID_JSON_DESCRIPTION'
    | 'SCHEMA_VALIDATION_FAILED'
    | 'MISSING_TRANSITION_TARGET'
    | 'MISSING_END_STATE'
    | 'DUPLICATE_STATE_NAME'
    | 'DUPLICATE_VARIABLE_NAME'
    | 'INVALID_JSONATA_EXPRESSION'
    | 'UNSUPPORTED_JSONATA_EXPRESSION';
  readonly message: string;
  /** Such as `/States/Fence old primary/Next`; undefined for what concerns no single place. */
  readonly location?: string;
}

/** The definition can't run. The message lists every finding. */
export class InvalidDefinitionError extends Error {
  override readonly name = 'InvalidDefinitionError';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    // The service, too, writes `null` for a place that there is not.
    const findings = diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location ?? 'null'}`);
    super(`Invalid State Machine Definition: '${findings.join(', ')}'`);
    this.diagnostics = diagnostics;
  }
}
