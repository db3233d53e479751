/**
 * When, after the fault, the way to the primary changed: an address that moved, or a record that is served.
 *
 * @module
 */
import type { LabNetwork } from '../net/network.ts';
import type { Lab } from './lab.ts';
import * as topology from './topology.ts';

export interface RouteWatch {
  /** The same network, watched. */
  readonly network: LabNetwork;
  /** From here on the first change is noted. */
  startAt(atMs: number, lab: Lab): void;
  /** Epoch milliseconds; null while nothing has changed. */
  movedAtMs(): number | null;
  stop(): void;
}

const LOOK_EVERY_MS = 20;

export function watchRoute(network: LabNetwork): RouteWatch {
  let faultAtMs: number | null = null;
  let movedAtMs: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  const note = () => {
    if (faultAtMs !== null) movedAtMs ??= Date.now();
  };
  const watched = new Proxy(network, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'assignAddress') return value.bind(target);
      return async (address: string, host: string) => {
        await target.assignAddress(address, host);
        note();
      };
    },
  });
  return {
    network: watched,
    startAt(atMs, lab) {
      faultAtMs = atMs;
      timer = setInterval(() => {
        const held = lab.cloud.route53.lookup(topology.RECORD)?.[0]?.values[0];
        if (held !== undefined && held !== lab.cluster.route.address) note();
      }, LOOK_EVERY_MS);
    },
    movedAtMs: () => movedAtMs,
    stop: () => clearInterval(timer),
  };
}
