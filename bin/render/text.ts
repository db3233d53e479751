/**
 * Text for a terminal: what servers and people wrote comes out harmless, times carry their units, lines keep to a width.
 *
 * @module
 */
import { styleText } from 'node:util';

export interface Terminal {
  /** Width in characters. */
  readonly columns: number;
  readonly colour: boolean;
}

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** What a stream takes: colours only on a terminal, and not where `NO_COLOR` asks for none. */
export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  env: NodeJS.ProcessEnv,
): Terminal {
  return {
    columns: Math.min(Math.max(stream.columns ?? 120, 60), 160),
    colour: stream.isTTY === true && (env['NO_COLOR'] ?? '') === '',
  };
}

export function styled(text: string, style: Style, { colour }: Terminal): string {
  return colour ? styleText(style, text, { validateStream: false }) : text;
}

/** Text that others wrote, on one line and without a command to the terminal. */
export function harmless(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ');
}

/** Such as `4.012 s`. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(3)} s`;
}

/** Such as `2026-11-21 04:38:30.120 UTC`. */
export function utc(atMs: number): string {
  return `${new Date(atMs).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** Lines of at most so many characters, broken at spaces; a longer word keeps a line of its own. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of harmless(text).split(' ')) {
    const next = line === '' ? word : `${line} ${word}`;
    if (next.length > width && line !== '') {
      lines.push(line);
      line = word;
    } else line = next;
  }
  return [...lines, line];
}
