/**
 * @module The input of an execution, from the text that it is started with.
 *
 * Guarantees: the text itself is kept for all that shows the input unchanged; what is no JSON is refused, for the usual
 * mistakes in the service's own words.
 */
import { MAX_PAYLOAD_BYTES, parseJson, type Json } from '../../asl/json.ts';
import { StepFunctionsError } from './errors.ts';

/** @throws StepFunctionsError `InvalidExecutionInput` */
export function parseInput(text: string): Json {
  if (Buffer.byteLength(text) > MAX_PAYLOAD_BYTES) throw invalid(`it is larger than ${MAX_PAYLOAD_BYTES} bytes`);
  try {
    return parseJson(text);
  } catch (error) {
    const ours = error instanceof Error ? error.message : String(error);
    throw invalid(`'${problemOf(text) ?? ours}'`);
  }
}

function invalid(problem: string): StepFunctionsError {
  return new StepFunctionsError('InvalidExecutionInput', `Invalid State Machine Execution Input: ${problem}`);
}

/** As the service's parser says it: nothing at all, a word that is none of JSON's, a field's name without quotes. */
function problemOf(text: string): string | undefined {
  if (text.trim() === '') return 'Invalid execution input.';
  const [, word] = /^\s*([A-Za-z_]\w*)/.exec(text) ?? [];
  if (word !== undefined) {
    return `Unrecognized token '${word}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`;
  }
  const [, character] = /^\s*\{\s*([^\s"}])/.exec(text) ?? [];
  if (character === undefined) return undefined;
  return `Unexpected character ('${character}' (code ${character.charCodeAt(0)})): was expecting double-quote to start field name`;
}
