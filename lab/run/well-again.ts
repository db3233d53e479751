/**
 * Whether a cluster is as before after a fault that has ended: writes flow, replicas follow, every monitor says so, and
 * none of them has left connections behind.
 *
 * @module
 */
import { messageOf } from '../../lib/core/errors.ts';
import { sessionsOf } from '../mysql/sessions.ts';
import type { Application } from './application/application.ts';
import type { Lab } from './lab.ts';
import * as topology from './topology.ts';
import { steady } from './steady.ts';
import { DeadlineMissed, until } from './until.ts';

export interface Wellness {
  /** A sentence for each thing that is not as before. */
  readonly wrong: readonly string[];
  /** Most connections of one monitor to one server. */
  readonly sessions: number;
}

/** A monitor reads over one connection and writes over another. */
const MOST_SESSIONS = 2;
/** A server notices late that a client is gone whose last words were lost. */
const SESSIONS_WITHIN_MS = 20_000;

/** Waits until all is well, or until it is clear that it does not become so. */
export async function wellAgain(
  lab: Lab,
  applications: readonly Application[],
  signal: AbortSignal,
): Promise<Wellness> {
  const wrong: string[] = [];
  await steady(lab, applications, signal, Date.now()).catch((error: unknown) => {
    if (!(error instanceof DeadlineMissed)) throw error;
    wrong.push('the cluster did not become well again after the fault had ended');
  });
  let most: Sessions = NOBODY;
  try {
    await until('the end of connections left behind', SESSIONS_WITHIN_MS, signal, async () => {
      most = await mostSessions(lab);
      return most.deeds.length <= MOST_SESSIONS ? true : undefined;
    });
  } catch (error) {
    if (!(error instanceof DeadlineMissed)) {
      wrong.push(`a server does not say who is connected to it: ${messageOf(error)}`);
      return { wrong, sessions: most.deeds.length };
    }
    const { client, node, deeds } = most;
    const count = `${deeds.length} connections (${deeds.join(', ')})`;
    wrong.push(`the monitor at ${client} has ${count} to ${node}; ${MOST_SESSIONS} are enough`);
  }
  return { wrong, sessions: most.deeds.length };
}

/** Those of one monitor to one server, of which there are most. */
interface Sessions {
  readonly client: string;
  readonly node: string;
  readonly deeds: readonly string[];
}

const NOBODY: Sessions = { client: 'nowhere', node: 'no server', deeds: [] };

async function mostSessions(lab: Lab): Promise<Sessions> {
  const { username } = topology.ACCOUNTS.monitor;
  const all = await Promise.all(
    [...lab.servers].map(async ([node, server]) =>
      [...(await sessionsOf(server, username))].map(([client, deeds]): Sessions => ({ client, node, deeds })),
    ),
  );
  return all.flat().reduce((most, each) => (each.deeds.length > most.deeds.length ? each : most), NOBODY);
}
