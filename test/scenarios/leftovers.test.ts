/**
 * However a lab ends, nothing of it is left: no process, namespace, mount, socket or file.
 *
 * @module
 */
import { describe, it } from 'vitest';
import { probeNamespaces } from '../../lab/net/sandbox.ts';
import { QUICK, runDrill } from './run-drill.ts';
import { openTraces } from './traces.ts';

const support = await probeNamespaces();
const EXIT_CODES: Readonly<Record<string, number | null>> = { SIGINT: 130, SIGTERM: 130, SIGKILL: null };
/** The kernel, and the process that removes what a killed lab could not, need a moment. */
const SOON = { timeout: 10_000, interval: 50 };

/** Two labs at once: each has its own traces, and so they take half of the time. */
const pairs = [
  {
    ends: 'is interrupted or told to end',
    cases: [
      ['SIGINT', 'namespaces'],
      ['SIGTERM', 'loopback'],
    ],
  },
  {
    ends: 'is killed',
    cases: [
      ['SIGKILL', 'namespaces'],
      ['SIGKILL', 'loopback'],
    ],
  },
] as const;

describe.each(pairs)('a lab that $ends in mid-drill', ({ cases }) => {
  for (const [signal, net] of cases) {
    const why = net === 'namespaces' && support.kind === 'none' ? ` (skipped, no namespaces: ${support.reason})` : '';
    it(
      `leaves nothing behind after ${signal} (--net ${net})${why}`,
      { concurrent: true, skip: why !== '' },
      async ({ expect }) => {
        const traces = await openTraces();
        try {
          let during: readonly string[] = [];
          const { exitCode, output } = await runDrill(['--net', net, ...QUICK, '--runs', '2'], {
            env: traces.env,
            onOutput(text, send) {
              // The workflow runs: servers, functions and applications are all there.
              if (during.length > 0 || !text.includes('Fail over')) return;
              during = traces.left();
              send(signal);
            },
          });
          // Three servers, four functions, the application, and the lab itself: what the test looks for can be seen.
          expect({ seen: during.length > 8, exitCode, output }).toMatchObject({
            seen: true,
            exitCode: EXIT_CODES[signal],
          });
          await expect.poll(() => traces.left(), SOON).toEqual([]);
        } finally {
          await traces.remove();
        }
      },
    );
  }
});
