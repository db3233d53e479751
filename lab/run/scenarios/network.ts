/**
 * Faults of the network around the primary: who still hears whom decides what is true.
 *
 * @module
 */
import type { Undo } from '../../mysql/faults/undo.ts';
import type { LabNetwork } from '../../net/network.ts';
import { USUAL, type Scenario } from './scenario.ts';

const LOSS_PERCENT = 30;

export const NETWORK_SCENARIOS = {
  'partition-primary': {
    ...USUAL,
    sentence: 'the primary’s host is cut off from everything but a client of its own, which goes on writing',
    symptom: 'silent',
    needs: ['namespaces'],
    localClient: true,
    problems: ['dead'],
    inject: ({ network, primary, otherHosts }) => cutAll(network, [primary.host], [...otherHosts, 'cloud']),
  },
  'partition-minority': {
    ...USUAL,
    sentence:
      'the primary’s zone is parted from the other two, with a monitor and a client inside; both sides still reach AWS',
    symptom: 'silent',
    needs: ['namespaces'],
    localClient: true,
    zones: 'three',
    problems: ['dead'],
    async inject({ network, primary, monitors, zone }) {
      const inside = monitors.filter((monitor) => monitor.zone === zone).flatMap(({ hosts }) => hosts);
      return parted(network, [primary.host, ...inside]);
    },
  },
  'partition-majority': {
    ...USUAL,
    sentence: 'a zone with a replica and a monitor is parted from the other two, where the primary is',
    leadsTo: 'no-change',
    lastsMs: 15_000,
    symptom: 'silent',
    needs: ['namespaces'],
    zones: 'three',
    problems: ['replica-unreachable', 'missed'],
    async inject({ network, replicas, monitors, zone }) {
      const outside = monitors.findLast((monitor) => monitor.zone !== zone);
      const replica = replicas.at(-1);
      return parted(network, [...(replica === undefined ? [] : [replica.host]), ...(outside?.hosts ?? [])]);
    },
  },
  'reachable-by-replicas-only': {
    ...USUAL,
    sentence: 'no monitor reaches the primary; its replicas and the application do',
    leadsTo: 'no-change',
    lastsMs: 15_000,
    symptom: 'silent',
    needs: ['namespaces'],
    problems: ['missed'],
    inject: ({ network, primary, monitors }) =>
      cutAll(
        network,
        [primary.host],
        monitors.flatMap(({ hosts }) => hosts),
      ),
  },
  'reachable-by-monitors-only': {
    ...USUAL,
    sentence: 'no replica reaches the primary, so that semi-sync stalls; the monitors and the application do',
    leadsTo: 'no-change',
    lastsMs: 40_000,
    symptom: 'stalls',
    needs: ['namespaces', 'semi-sync'],
    problems: ['stalled-writes', 'left-alone'],
    staysSick: {
      mariadb: {
        // When replicas give up a connection in which nothing comes (slave_net_timeout).
        afterMs: 10_000,
        because:
          'MariaDB 10.11 freezes when replicas come back, after their old connections were given up, to a primary whose ' +
          'commits wait for them: it greets no new connection any more',
      },
    },
    inject: ({ network, primary, replicas }) =>
      cutAll(
        network,
        [primary.host],
        replicas.map(({ host }) => host),
      ),
  },
  loss: {
    ...USUAL,
    sentence: `the primary’s wire loses ${LOSS_PERCENT} of each hundred packets, in each direction`,
    leadsTo: 'no-change',
    lastsMs: 20_000,
    symptom: 'silent',
    needs: ['namespaces'],
    async inject({ network, primary }) {
      await network.setLoss(primary.host, LOSS_PERCENT);
      return () => network.setLoss(primary.host, 0);
    },
  },
  'monitor-blind': {
    ...USUAL,
    sentence: 'one monitor has no network: it reaches no server and nothing of AWS',
    leadsTo: 'no-change',
    lastsMs: 15_000,
    symptom: 'silent',
    needs: ['namespaces'],
    inject: ({ network, primary, monitors, replicas }) =>
      cutAll(network, monitors.at(-1)?.hosts ?? [], [primary.host, ...replicas.map(({ host }) => host), 'cloud']),
  },
} as const satisfies Record<string, Scenario>;

async function cutAll(network: LabNetwork, some: readonly string[], others: readonly string[]): Promise<Undo> {
  const pairs = some.flatMap((one) => others.map((other) => [one, other] as const));
  await Promise.all(pairs.map(([one, other]) => network.cut(one, other)));
  return async () => {
    await Promise.all(pairs.map(([one, other]) => network.heal(one, other)));
  };
}

async function parted(network: LabNetwork, inside: readonly string[]): Promise<Undo> {
  await network.partition(inside);
  return () => network.partition(null);
}
