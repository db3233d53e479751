/**
 * `Databases` as one invocation has them: the adapter's own procedures over sessions to the true servers. Only `demote`
 * is a model, as the real one waits for clocks and sessions of a real server.
 *
 * @module
 */
import type { Dialect } from '../../../lib/adapters/mysql/dialect.ts';
import { endRivals } from '../../../lib/adapters/mysql/end-rivals.ts';
import { promote } from '../../../lib/adapters/mysql/promote.ts';
import { replicateFrom } from '../../../lib/adapters/mysql/replicate.ts';
import { stopReceiver } from '../../../lib/adapters/mysql/stop-receiver.ts';
import { DatabaseError } from '../../../lib/core/errors.ts';
import type { Databases, DatabaseServer, DatabaseTarget } from '../../../lib/ports/database.ts';
import { NO_ANSWER, type Invocation } from '../invocation.ts';
import { Session } from './session.ts';

export function databasesOf(invocation: Invocation): Databases {
  return {
    connect: (target) =>
      invocation.call({
        name: `${target.nodeId} connect`,
        patienceMs: target.timeoutMs,
        effect: () => connect(invocation, target),
        failure: (what) => new DatabaseError('timeout', `connecting to ${target.host} ${what}`),
      }),
  };
}

function connect(invocation: Invocation, target: DatabaseTarget): DatabaseServer | typeof NO_ANSWER {
  const { world } = invocation;
  const server = world.cloud.at(target.host);
  if (server === undefined || !server.powered || world.isCut('steps', server.node.id)) return NO_ANSWER;
  if (world.cloud.isolated.has(server.node.id)) return NO_ANSWER;
  if (server.process === 'down') throw new DatabaseError('refused', `${target.host} refused the connection`);
  if (server.process === 'hung') return NO_ANSWER;
  return serverOver(new Session(invocation, server, target.timeoutMs), target);
}

function serverOver(session: Session, target: DatabaseTarget): DatabaseServer {
  const { connection, invocation, server } = session;
  const { oracle } = invocation.world;
  const demote = () =>
    session.ask('demote', () => {
      const isDone = server.readOnly && server.waiting.length === 0;
      // Sessions end before the server could answer them.
      Object.assign(server, { readOnly: true, waiting: [] });
      if (!isDone) oracle.effect('demoted', server, invocation);
      return {
        identity: server.identity,
        readOnly: true,
        writersLeft: 0,
        bootsReadOnly: server.boot.bootsReadOnly || ('unknown' as const),
      };
    });
  return {
    nodeId: target.nodeId,
    sessionId: connection.sessionId,
    ended: new Promise(() => {}),
    observe: () => DIALECT.observe(connection),
    beat: () => Promise.reject(new DatabaseError('sql', 'no step beats')),
    isBusy: () => Promise.reject(new DatabaseError('sql', 'no step asks for a beat')),
    beatsUnderWay: () => Promise.reject(new DatabaseError('sql', 'no step writes beats')),
    endReads: () => Promise.reject(new DatabaseError('sql', 'no step gives up a read')),
    async stopReceiving(from) {
      await endRivals(connection);
      const before = await DIALECT.replicaStatus(connection);
      if (before?.sourceHost !== from) return before;
      await stopReceiver(connection);
      return DIALECT.replicaStatus(connection);
    },
    async applyReceived(withinMs) {
      const status = await DIALECT.replicaStatus(connection);
      return status === null || DIALECT.waitApplied(connection, status.received, withinMs);
    },
    async promote(options) {
      await endRivals(connection);
      return promote(connection, DIALECT, options, demote);
    },
    demote,
    async replicateFrom(source) {
      await endRivals(connection);
      await replicateFrom(connection, DIALECT, source, target.timeoutMs);
    },
    makeBootReadOnly: () => session.ask('boots read-only', () => server.boot.bootsReadOnly || ('unknown' as const)),
    async close() {
      session.close();
    },
  };
}

/** The words of an engine that has no others. */
const DIALECT: Dialect = {
  observe: (connection) => {
    const { server, invocation } = Session.of(connection);
    return Session.of(connection).ask('observe', () =>
      server.observe(invocation.world.fleet.hearersOf(server).length, invocation.world.timeline.nowMs),
    );
  },
  replicaStatus: (connection) => {
    const session = Session.of(connection);
    return session.ask('replica status', () => session.server.status());
  },
  identity: (connection) => {
    const session = Session.of(connection);
    return session.ask('identity', () => session.server.identity);
  },
  semiSyncVariables: () => Promise.resolve({ sourceEnabled: 'source', sourceSettings: {}, replicaEnabled: 'replica' }),
  async waitApplied(connection, _received, withinMs) {
    const session = Session.of(connection);
    const { server } = session;
    if (await session.ask('is applied', () => server.executed === server.received)) return true;
    if (withinMs === 0) return false;
    const takesMs = server.applierRuns ? server.applyMs : withinMs + 1;
    await session.invocation.sleep(Math.min(takesMs, withinMs));
    if (takesMs > withinMs) return false;
    return session.ask('apply', () => {
      server.applyWhatIsReceived();
      return server.executed === server.received;
    });
  },
  applierKeepsRelayLog: false,
  closeForWrites: 'close for writes',
  isClosed: (connection) => {
    const session = Session.of(connection);
    return session.ask('is closed', () => session.server.readOnly);
  },
  openForOperator: [],
  openForWrites: 'open for writes',
  bootReadOnly: null,
  killEndsSemiSyncWait: true,
  usersThatBypass: () => Promise.resolve(new Set()),
  follow: (connection, source) => connection.execute('follow', [source.host]),
};
