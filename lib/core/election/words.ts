/**
 * How elections speak of numbers and positions.
 *
 * @module
 */

/** `1 replica has`, `2 replicas have`. */
export function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** `1 transaction`, `412 transactions`. */
export function transactions(count: number): string {
  return counted(count, 'transaction', 'transactions');
}

/** Longest position shown whole: sets of a busy cluster can be kilobytes long. */
const LONGEST = 120;

/** A position as people read it, on one line. */
export function shown(position: string): string {
  const line = position.replaceAll('\n', ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
