/**
 * Where the processor's time went, from the profile that Node wrote: by group, and the functions that took most.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}
interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const SHOWN = 25;

/** The latest profile in a directory, in words. */
export function hotSpots(
  directory: string,
  sourceOf: (line: number) => string | null = sourceLines(directory),
): string {
  const file = readdirSync(directory)
    .filter((name) => name.endsWith('.cpuprofile'))
    .toSorted()
    .at(-1);
  if (file === undefined) return 'there is no profile';
  // Written by Node.
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Profile;
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const groups = new Map<string, number>();
  const functions = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const frame = byId.get(id)?.callFrame;
    const tookUs = timeDeltas[index] ?? 0;
    if (frame === undefined || frame.functionName === '(idle)') continue;
    total += tookUs;
    const source = frame.url.endsWith('monitor.mjs') ? (sourceOf(frame.lineNumber) ?? '') : frame.url;
    const group = groupOf(frame.functionName, source);
    const name = `${frame.functionName || '(anonymous)'} ${source}:${frame.lineNumber + 1}`;
    groups.set(group, (groups.get(group) ?? 0) + tookUs);
    functions.set(name, (functions.get(name) ?? 0) + tookUs);
  }
  const shares = (counts: ReadonlyMap<string, number>) =>
    [...counts.entries()]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, SHOWN)
      .map(([name, us]) => `  ${((us / total) * 100).toFixed(1).padStart(5)} %  ${name}`);
  return [
    `busy for ${(total / 1e6).toFixed(1)} s, by group:`,
    ...shares(groups),
    'by function, self time:',
    ...shares(functions),
  ].join('\n');
}

function groupOf(name: string, source: string): string {
  if (name === '(garbage collector)') return 'garbage collection';
  if (name === '(program)') return 'Node itself, system calls';
  if (/node:.*tls|_tls/.test(source)) return 'TLS';
  if (/node:internal\/timers|node:timers/.test(source)) return 'timers';
  if (source.startsWith('node:')) return 'streams and sockets of Node';
  const [, library] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? [];
  if (library === 'mysql2') return /packets|packet_parser/.test(source) ? 'mysql2: packets' : 'mysql2: the rest';
  if (library !== undefined) return library;
  return source.split('/').slice(0, 3).join('/') || 'unknown';
}

/** esbuild says before each module of a bundle which file it was. */
function sourceLines(directory: string): (line: number) => string | null {
  let sources: (string | null)[] | undefined;
  return (line) => {
    if (sources === undefined) {
      let latest: string | null = null;
      sources = readFileSync(join(directory, 'monitor.mjs'), 'utf8')
        .split('\n')
        .map(
          (text) =>
            (latest = /^\/\/ ((?:\.\.\/|node_modules\/|lib\/|lambdas\/|test\/|bench\/)\S+)$/.exec(text)?.[1] ?? latest),
        );
    }
    return sources[line] ?? null;
  };
}
