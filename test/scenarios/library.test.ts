/**
 * The lab as a library in a sandbox, as `npm run lab -- exec` makes one: its hosts can be parted there.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { probeNamespaces } from '../../lab/net/sandbox.ts';

const support = await probeNamespaces();
const why = support.kind === 'none' ? ` (skipped, no namespaces: ${support.reason})` : '';
const TYPESCRIPT = [process.execPath, '--import', 'tsx'] as const;

describe.skipIf(support.kind === 'none')(`a program that starts a lab in a sandbox${why}`, () => {
  it('parts the primary from the rest: another of four takes over, and nothing is lost', async () => {
    const [node, ...options] = TYPESCRIPT;
    const words = [...options, 'lab/main.ts', 'exec', '--', ...TYPESCRIPT, 'test/scenarios/library-inmate.ts'];
    const { status, output } = await ended(node, words);
    expect({ status, output }).toMatchObject({ status: 0 });
    const said = JSON.parse(output.trim().split('\n').at(-1) ?? '') as unknown;
    expect(said).toMatchObject({
      oldPrimary: 'db-1',
      newPrimary: expect.stringMatching(/^db-[234]$/),
      possibleLoss: 0,
      kept: [{ id: 7 }],
      nodes: ['db-1 eu-west-1a', 'db-2 eu-west-1b', 'db-3 eu-west-1c', 'db-4 eu-west-1a'],
    });
  });
});

function ended(program: string, args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => process.stderr.write(String(chunk)));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}
