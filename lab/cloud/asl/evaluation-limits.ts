/**
 * @module How much the evaluation of one expression may take, and what the service says of one that takes more.
 */

/** An expression would take more than there is. */
export class EvaluationLimitError extends Error {
  override readonly name = 'EvaluationLimitError';
  readonly limit: Limit;

  constructor(limit: Limit) {
    super(SENTENCES[limit]);
    this.limit = limit;
  }
}

type Limit = keyof typeof SENTENCES;

/** In the service's words. */
const SENTENCES = {
  depth: 'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
  time: 'Expression evaluation timeout: Check for infinite loop',
  memory: 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
} as const;

/** The codes of the expression library for the same. */
const CODES: Readonly<Record<string, Limit>> = { D1011: 'depth', D1012: 'time', D2014: 'memory', D2015: 'memory' };

/** The service's sentence for an error of this kind, or undefined for any other. */
export function limitOf(error: object): string | undefined {
  if (error instanceof EvaluationLimitError) return error.message;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const limit = CODES[code];
  return limit === undefined ? undefined : SENTENCES[limit];
}
