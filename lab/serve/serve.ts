/**
 * The lab's cloud alone: empty, on loopback, until somebody ends it.
 *
 * @module
 */
import { startCloud } from '../cloud/cloud.ts';
import { guessedLatency } from '../cloud/latency.ts';
import { DNS_SYNC_GUESS_MS } from '../cloud/services/route53.ts';
import { DEFAULT_TIMES, type WorldTimes } from '../cloud/world/effects.ts';
import { openPaperNetwork } from '../net/paper.ts';
import { openWorkDirectory } from '../run/work-directory.ts';
import { readFunctionsFile } from './functions-file.ts';
import { registerFunctions } from './register-functions.ts';
import { asJson, forPeople } from './words.ts';

export interface ServeOptions {
  /** 0 for a free one. */
  readonly port: number;
  readonly accountId: string;
  readonly region: string;
  /** A file with functions; null for none. */
  readonly functions: string | null;
  /** Factor on the guesses of what AWS's answers and asynchronous effects take; 0 answers and does everything at once. */
  readonly latency: number;
  /** What each transition between two states costs, in milliseconds. */
  readonly stateTransitionMs: number;
  /** One JSON object a line, every event of the cloud among them. */
  readonly json: boolean;
}

const SERVICE_ADDRESS = '127.0.0.1';

/**
 * Serves until the signal aborts. Everything that it started is gone when this settles, whichever way.
 *
 * @param say takes each line that somebody should read
 * @throws Error for a port that is taken or a functions file that can't be used
 */
export async function serve(options: ServeOptions, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const functions = options.functions === null ? [] : await readFunctionsFile(options.functions);
  const words = options.json ? asJson : forPeople;
  const network = openPaperNetwork(SERVICE_ADDRESS);
  const files = await openWorkDirectory();
  try {
    const cloud = await startCloud({
      network,
      directory: files.path,
      account: { id: options.accountId, region: options.region },
      openToAnyKey: true,
      unknownRoles: 'administrators',
      endpointPort: options.port,
      latency: guessedLatency(options.latency),
      times: scaled(DEFAULT_TIMES, options.latency),
      dnsSyncTimeMs: DNS_SYNC_GUESS_MS * options.latency,
      stateTransitionMs: options.stateTransitionMs,
      onEvent(event) {
        const line = words.happened(event);
        if (line !== null) say(line);
      },
    }).catch((error: unknown) => {
      throw portIsTaken(error) ? new Error(`port ${options.port} is taken: name another with --port`) : error;
    });
    try {
      await registerFunctions(cloud, functions);
      say(words.listening(cloud));
      await aborted(signal);
    } finally {
      await cloud.close();
    }
  } finally {
    await network.close();
    await files.close();
  }
}

function scaled(times: WorldTimes, factor: number): WorldTimes {
  return {
    stopTimeMs: times.stopTimeMs * factor,
    startTimeMs: times.startTimeMs * factor,
    remapTimeMs: times.remapTimeMs * factor,
    groupChangeTimeMs: times.groupChangeTimeMs * factor,
  };
}

function portIsTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
