/**
 * What no single field of a configuration shows: names that refer to nothing, two things of one name, an address that
 * can't work.
 *
 * @module
 */
import type { Config } from './config-schema.ts';

/** A sentence for each contradiction, with the field, the value and the fix. */
export function contradictions(config: Config): string[] {
  const problems: string[] = [];
  if (config.endpoints === 'create' && config.routeTableIds.length === 0) {
    problems.push(
      'routeTableIds: received [], so no function in the VPC would reach DynamoDB; name the route tables of the monitors’ subnets, or set endpoints to existing',
    );
  }
  problems.push(
    ...repeated(
      'monitors',
      'id',
      config.monitors.map((each) => each.id),
    ),
  );
  problems.push(
    ...repeated(
      'clusters',
      'id',
      config.clusters.map((each) => each.id),
    ),
  );
  problems.push(
    ...repeated(
      'clusters',
      'route.address',
      config.clusters.map((each) => each.route.address),
    ),
    ...repeated(
      'clusters',
      'dns.recordName',
      config.clusters.map((each) => each.dns.recordName),
    ),
    ...repeated(
      'clusters',
      'alarms',
      config.clusters.flatMap((each) => each.alarms),
    ),
  );
  const zones = new Set(config.monitors.map((each) => each.availabilityZone));
  if (zones.size < 2) {
    problems.push(
      `monitors: all stand in ${[...zones].join()}; put one in another zone, or the loss of that zone blinds them together`,
    );
  }
  config.clusters.forEach((each, index) => {
    const field = `clusters[${index}]`;
    const ids = each.nodes.map((member) => member.id);
    problems.push(...repeated(`${field}.nodes`, 'id', ids));
    for (const key of ['address', 'instanceId', 'networkInterfaceId'] as const) {
      problems.push(
        ...repeated(
          `${field}.nodes`,
          key,
          each.nodes.map((member) => member[key]),
        ),
      );
    }
    if (!ids.includes(each.initialPrimary)) {
      problems.push(`${field}.initialPrimary: received "${each.initialPrimary}"; use one of ${ids.join(', ')}`);
    }
    const subnets = new Set(each.nodes.map((member) => member.subnetId));
    if (subnets.size > 1) {
      problems.push(
        `${field}.route.type: received "${each.route.type}" with nodes in ${[...subnets].join(', ')}; a secondary private IP moves within one subnet only, so put the nodes in one subnet`,
      );
    }
    if (each.nodes.some((member) => member.address === each.route.address)) {
      problems.push(
        `${field}.route.address: received "${each.route.address}", the own address of a node; use an address that nobody has`,
      );
    }
    const strange = each.nodes.find((member) => !(member.host ?? member.address).endsWith('.rds.amazonaws.com'));
    if (each.tls.mode !== 'off' && each.tls.ca === 'rds' && strange !== undefined) {
      problems.push(
        `${field}.tls.ca: received rds, which does not vouch for ${strange.host ?? strange.address}; give the PEM text of the CA that signed your servers’ certificates, or set tls.mode to off`,
      );
    }
    const { timeoutMs, connectTimeoutMs = timeoutMs } = each.detection;
    if (connectTimeoutMs > timeoutMs) {
      problems.push(
        `${field}.detection.connectTimeoutMs: received ${connectTimeoutMs}; use at most timeoutMs (${timeoutMs}), by which votes are timed`,
      );
    }
    if (each.detection.timeoutMs > each.detection.intervalMs * each.detection.failures) {
      problems.push(
        `${field}.detection.timeoutMs: received ${each.detection.timeoutMs}; use at most intervalMs × failures (${each.detection.intervalMs * each.detection.failures})`,
      );
    }
  });
  return problems;
}

function repeated(field: string, key: string, values: readonly string[]): string[] {
  const twice = values.filter((value, index) => values.indexOf(value) !== index);
  return [...new Set(twice)].map((value) => `${field}: "${value}" stands twice as ${key}; give each its own`);
}
