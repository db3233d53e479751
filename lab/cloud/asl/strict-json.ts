/**
 * @module JSON as strictly as the service's `$parse` reads it. JavaScript's own parser is more lenient.
 */
import type { Json } from './json.ts';

/** The value of a text, or undefined for one that names a field twice, has a number beyond all doubles, or is no JSON. */
export function strictJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return hasFiniteNumbers(value) && fieldCount(value) === namedFields(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

function hasFiniteNumbers(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(hasFiniteNumbers);
}

function fieldCount(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, inner) => sum + fieldCount(inner), own);
}

/** In valid JSON, a string that a colon follows names a field. */
function namedFields(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}
