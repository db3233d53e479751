/**
 * @module Writes XML answers.
 *
 * Guarantees: every text is escaped; an absent value leaves no element; an array repeats its element.
 */

export type Xml = string | number | boolean | Date | undefined | readonly Xml[] | { readonly [element: string]: Xml };

/** Writes `<name>value</name>`; `attributes` go to the outermost element as they are. */
export function element(name: string, value: Xml, attributes = ''): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((each: Xml) => element(name, each)).join('');
  return `<${name}${attributes}>${content(value)}</${name}>`;
}

function content(value: Exclude<Xml, undefined>): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, each]) => element(name, each))
      .join('');
  }
  return escape(String(value));
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}
