/**
 * The configuration of a setting, and its servers at first. Configurations are read once: a history has no time for it.
 *
 * @module
 */
import type { Config } from '../../lib/core/config.ts';
import { exampleConfig } from '../fakes/example-config.ts';
import type { Setting } from './script.ts';
import { Fleet } from './world/fleet.ts';
import { Server } from './world/server.ts';
import { Transaction } from './world/transaction.ts';

const known = new Map<string, Config>();

/** A person who reads the shortest deadline sees the longest history of it. */
const DEADLINE_SECONDS = 10;

export function configOf(setting: Setting): Config {
  const { engine, nodes, semiSync, bootsReadOnly, never } = setting;
  const key = `${engine} ${nodes} ${semiSync} ${bootsReadOnly} ${never ?? ''}`;
  let config = known.get(key);
  if (config === undefined) {
    config = exampleConfig({
      engine,
      semiSync,
      bootsReadOnly,
      fence: { deadlineSeconds: DEADLINE_SECONDS },
      nodes: Array.from({ length: nodes }, (_, index) => ({
        id: `db-${index + 1}`,
        address: `10.0.1.1${index + 1}`,
        instanceId: `i-${index + 1}`,
        networkInterfaceId: `eni-${index + 1}`,
        subnetId: 'subnet-d',
        availabilityZone: 'eu-central-1a',
        ...(`db-${index + 1}` === never ? { promotion: 'never' as const } : {}),
      })),
    });
    known.set(key, config);
  }
  return config;
}

export function fleetOf(setting: Setting, config: Config): Fleet {
  const isRequired = setting.semiSync === 'required';
  const first = new Transaction(null, '1');
  const servers = (config.clusters[0]?.nodes ?? []).map((node) => new Server(node, setting, first, isRequired));
  const [primary, ...replicas] = servers;
  if (primary === undefined) throw new Error('a cluster has servers');
  return new Fleet([primary, ...replicas], isRequired);
}
