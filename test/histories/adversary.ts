/**
 * What befalls the world, as a script says: servers and links that fail and come back, clients that commit, monitors
 * that lie, and people who start and end executions. Operators are taken to be honest: they name a nominee as harmless,
 * and bring back a server, only when it is so.
 *
 * @module
 */
import { executionName } from '../../lib/core/state.ts';
import type { WorldEvent } from './script.ts';
import type { World } from './world.ts';
import type { Server } from './world/server.ts';

export function befall(world: World, event: WorldEvent): void {
  const { fleet } = world;
  world.note(JSON.stringify(event));
  // What monitors have seen up to now they keep.
  world.monitors.look();
  switch (event.do) {
    case 'kill':
      end(fleet.server(event.node));
      break;
    case 'power off':
      end(fleet.server(event.node));
      fleet.server(event.node).powered = false;
      break;
    case 'hang':
      if (fleet.server(event.node).answers) fleet.server(event.node).process = 'hung';
      break;
    case 'resume':
      resume(fleet.server(event.node));
      break;
    case 'restart':
      restart(world, fleet.server(event.node));
      break;
    case 'stall disk':
    case 'disk goes on':
      fleet.server(event.node).diskStalls = event.do === 'stall disk';
      break;
    case 'cut':
    case 'mend':
      world.cut(event.between, event.do === 'cut');
      break;
    case 'slow applier':
      fleet.server(event.node).applyMs = event.takesMs;
      break;
    case 'stop applier':
      fleet.server(event.node).applierRuns = false;
      break;
    case 'stop receiver':
      fleet.server(event.node).receiverRuns = false;
      break;
    case 'start receiver':
      fleet.server(event.node).receiverRuns = true;
      break;
    case 'commit':
      if (world.isReachedByClients(fleet.server(event.node))) fleet.commit(fleet.server(event.node));
      break;
    case 'lie':
      world.monitors.monitor(event.monitor).lies = true;
      break;
    case 'fall silent':
      world.monitors.votes();
      world.monitors.monitor(event.monitor).silentSinceMs = world.timeline.nowMs;
      break;
    case 'speak true':
      Object.assign(world.monitors.monitor(event.monitor), { lies: false, silentSinceMs: null });
      break;
    case 'monitor starts':
    case 'operator starts':
      start(world, event);
      break;
    case 'abort':
      abort(world);
      break;
    case 'redrive':
      redrive(world);
      break;
    case 'rejoin':
      rejoin(world, fleet.server(event.node));
      break;
  }
  fleet.settle();
  world.monitors.look();
  world.oracle.look();
}

/** Afterwards, when nobody acts any more: whatever can come back comes back, and clients try everywhere. */
export function awaken(world: World): void {
  for (const server of world.fleet.servers) {
    for (const viewer of ['steps', 'monitors', ...world.fleet.servers.map((each) => each.node.id)]) {
      world.cut([viewer, server.node.id], false);
    }
  }
  for (const server of world.fleet.servers) {
    server.diskStalls = false;
    if (server.process === 'hung') resume(server);
    if (server.process === 'down') restart(world, server);
  }
  world.fleet.settle();
  world.oracle.look();
  for (const server of world.fleet.servers) {
    if (world.isReachedByClients(server)) world.fleet.commit(server);
  }
}

function end(server: Server): void {
  server.process = 'down';
  server.generation += 1;
  server.waiting = [];
  server.queued = [];
}

function resume(server: Server): void {
  if (server.process !== 'hung') return;
  server.process = 'up';
  for (const statement of server.queued.splice(0)) statement();
}

/** Not by whom the instance was stopped: nobody starts that. */
function restart(world: World, server: Server): void {
  if (server.process !== 'down' || world.cloud.isStopped(server.node.id)) return;
  const { bootsReadOnly, survivesRestart } = server.boot;
  server.powered = true;
  server.diskStalls = false;
  server.process = 'up';
  server.readOnly = bootsReadOnly;
  server.semiSync = survivesRestart && world.script.setting.semiSync === 'required';
  server.broken = false;
  server.receiverRuns ||= world.script.setting.startsReceiving;
  server.received = server.executed;
  server.startedAtMs = world.timeline.nowMs;
}

function start(world: World, event: Extract<WorldEvent, { do: 'monitor starts' | 'operator starts' }>): void {
  const record = world.state.recordNow(world.cluster.id);
  if (record === null) return;
  const cluster = world.cluster.id;
  const name = event.name ?? executionName(record);
  if (event.do === 'monitor starts') {
    const trigger = { kind: 'monitor', monitor: event.monitor, epoch: record.epoch };
    return world.machine.start(name, { cluster, mode: 'failover', trigger });
  }
  const { nominee } = record;
  const dismiss =
    event.dismisses === true && nominee !== null && isHarmless(world, nominee.nodeId) ? nominee.nodeId : undefined;
  world.machine.start(name, {
    cluster,
    mode: event.mode ?? 'failover',
    trigger: { kind: 'operator', name: 'someone', reason: 'by hand' },
    force: event.force,
    ...(dismiss === undefined ? {} : { dismiss }),
  });
}

/** A person looked: it is read-only, and nothing is under way that could open it. */
function isHarmless(world: World, nodeId: string): boolean {
  const server = world.fleet.server(nodeId);
  return server.answers && server.readOnly && isQuiet(world);
}

function isQuiet(world: World): boolean {
  return world.underWay === 0 && world.fleet.servers.every((server) => server.queued.length === 0);
}

function abort(world: World): void {
  const running = [...world.machine.executions.values()].findLast((each) => each.status === 'running');
  if (running === undefined) return;
  world.excused = true;
  world.machine.abort(running.name);
}

function redrive(world: World): void {
  const aborted = [...world.machine.executions.values()].findLast((each) => each.status === 'aborted');
  if (aborted !== undefined) world.machine.redrive(aborted.name);
}

function rejoin(world: World, server: Server): void {
  const record = world.state.recordNow(world.cluster.id);
  const primary = world.fleet.server(world.recordedPrimary);
  if (record?.phase !== 'steady' || server === primary || !primary.answers || primary.readOnly) return;
  if ([...world.machine.executions.values()].some((each) => each.status === 'running')) return;
  if (server.source === primary && server.answers) return;
  // Clients were led elsewhere by name, and the address is still there: people were told to move it.
  if (world.cloud.vip === server.node.id) return;
  end(server);
  world.cloud.start(server.node.id);
  world.knownToClients.delete(server.node.id);
  Object.assign(server, {
    process: 'up',
    startedAtMs: world.timeline.nowMs,
    readOnly: true,
    semiSync: false,
    source: primary,
    receiverRuns: true,
    applierRuns: true,
    applyMs: 0,
    broken: false,
    executed: primary.executed,
    received: primary.executed,
  });
}
