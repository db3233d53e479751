import { describe, expect, it } from 'vitest';
import { ConfigError, findCluster, findNode, parseConfig, type ConfigInput } from '../../lib/core/config.ts';
import { configInput, exampleConfig, nodesInput } from '../fakes/example-config.ts';

/** The problems that a configuration is refused with. */
function problemsOf(value: unknown): readonly string[] {
  try {
    parseConfig(value);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

type ClusterChanges = Partial<ConfigInput['clusters'][number]>;
const withCluster = (changes: ClusterChanges) => configInput(changes);
/** What no type allows, for a file may hold anything. */
const unchecked = (changes: Readonly<Record<string, unknown>>) => configInput(changes);

describe('a configuration', () => {
  it('needs nothing but what only its owner knows', () => {
    const config = exampleConfig();
    expect(config).toMatchObject({ endpoints: 'create', notify: { emails: [] } });
    expect(config.clusters[0]).toMatchObject({
      port: 3306,
      semiSync: 'required',
      bootsReadOnly: false,
      detection: { intervalMs: 1_000, timeoutMs: 1_000, failures: 3 },
      fence: { deadlineSeconds: 300, acceptNetworkIsolation: false },
      election: { maxLagSeconds: 60, onPossibleLoss: 'report' },
      cooldownSeconds: 300,
      dns: { ttlSeconds: 60 },
    });
    expect(config.clusters[0]?.nodes.map((node) => node.promotion)).toEqual(['neutral', 'neutral', 'neutral']);
  });

  it('that was checked once passes again unchanged, as the functions read it', () => {
    const config = exampleConfig();
    expect(parseConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });
});

describe('a wrong value is refused with its field, itself, and the fix', () => {
  it.each<[string, unknown, string]>([
    ['the whole file', null, 'the whole file: received null; '],
    [
      'an unknown key',
      { ...configInput(), vpc: 'vpc-1' },
      'vpc: unknown key "vpc"; remove it, or see docs/configuration.md',
    ],
    [
      'an unknown key inside',
      unchecked({ detection: { interval: 500 } }),
      'clusters[0].detection.interval: unknown key "interval"; remove it',
    ],
    ['a missing field', { ...configInput(), vpcId: undefined }, 'vpcId: received nothing; '],
    [
      'an id of the wrong kind',
      configInput({}, { vpcId: 'subnet-1' }),
      'vpcId: received "subnet-1"; use the id of an existing resource, vpc-…',
    ],
    ['a number out of range', withCluster({ port: 70_000 }), 'clusters[0].port: received 70000; '],
    [
      'a fraction',
      withCluster({ detection: { intervalMs: 100.5 } }),
      'clusters[0].detection.intervalMs: received 100.5; ',
    ],
    ['a number in quotes', unchecked({ port: '3306' }), 'clusters[0].port: received "3306"; '],
    [
      'an unknown choice',
      unchecked({ engine: 'postgres' }),
      'clusters[0].engine: received "postgres"; use one of mariadb, mysql',
    ],
    [
      'an unknown route',
      unchecked({ route: { type: 'anycast', address: '10.0.1.100' } }),
      'use one of secondaryPrivateIp',
    ],
    [
      'an address that is none',
      withCluster({ nodes: nodesInput((id) => (id === 'db-2' ? { address: '10.0.1.256' } : {})) }),
      'clusters[0].nodes[1].address: received "10.0.1.256"; use an IPv4 address such as 10.0.1.100',
    ],
    [
      'a name that would not fit an execution',
      withCluster({ id: 'Orders_DB' }),
      'clusters[0].id: received "Orders_DB"; use 1 to 31 lower-case letters',
    ],
    [
      'a zone that is a region',
      configInput(
        {},
        { monitors: configInput().monitors.map((each) => ({ ...each, availabilityZone: 'eu-central-1' })) },
      ),
      'monitors[0].availabilityZone: received "eu-central-1"; use an availability zone such as eu-central-1a',
    ],
    [
      'a TTL that would keep clients on the old address',
      withCluster({ dns: { hostedZoneId: 'Z1', recordName: 'orders.example.internal', ttlSeconds: 300 } }),
      'clusters[0].dns.ttlSeconds: received 300; ',
    ],
    ['one monitor', configInput({}, { monitors: configInput().monitors.slice(0, 1) }), 'monitors: received ['],
    ['one server', withCluster({ nodes: nodesInput(() => ({})).slice(0, 1) }), 'clusters[0].nodes: received ['],
  ])('%s', (_, value, problem) => {
    expect(problemsOf(value)).toContainEqual(expect.stringContaining(problem));
  });

  it('and all wrong fields are named at once', () => {
    const problems = problemsOf(withCluster({ port: 0, cooldownSeconds: -1 }));
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'clusters[0].port',
      'clusters[0].cooldownSeconds',
    ]);
  });

  it('in one message that names the file', () => {
    expect(() => parseConfig(withCluster({ port: 0 }), 'orders.yaml')).toThrow(
      /^orders\.yaml can't be used:\n {2}- clusters\[0\]\.port: received 0; /,
    );
  });
});

describe('what contradicts itself is refused', () => {
  const monitors = configInput().monitors;
  const cluster = configInput().clusters[0]!;

  it.each<[string, ConfigInput, string]>([
    [
      'endpoints to create, but no route table to put them in',
      configInput({}, { routeTableIds: [] }),
      'routeTableIds: received [], so no function in the VPC would reach DynamoDB',
    ],
    [
      'two monitors of one name',
      configInput({}, { monitors: monitors.map((each) => ({ ...each, id: 'a' })) }),
      'monitors: "a" stands twice as id; give each its own',
    ],
    [
      'two clusters of one name',
      configInput({}, { clusters: [cluster, cluster] }),
      'clusters: "orders" stands twice as id',
    ],
    [
      'two clusters behind one address',
      configInput({}, { clusters: [cluster, { ...cluster, id: 'billing' }] }),
      'clusters: "10.0.1.100" stands twice as route.address',
    ],
    [
      'all monitors in one zone',
      configInput({}, { monitors: monitors.map((each) => ({ ...each, availabilityZone: 'eu-central-1a' })) }),
      'monitors: all stand in eu-central-1a; put one in another zone',
    ],
    [
      'two nodes of one name',
      withCluster({ nodes: nodesInput(() => ({ id: 'db-1' })) }),
      'nodes: "db-1" stands twice as id',
    ],
    [
      'two nodes of one address',
      withCluster({ nodes: nodesInput(() => ({ address: '10.0.1.11' })) }),
      'nodes: "10.0.1.11" stands twice as address',
    ],
    [
      'two nodes of one instance',
      withCluster({ nodes: nodesInput(() => ({ instanceId: 'i-1' })) }),
      'nodes: "i-1" stands twice as instanceId',
    ],
    [
      'two nodes of one interface, between which no address could move',
      withCluster({ nodes: nodesInput(() => ({ networkInterfaceId: 'eni-1' })) }),
      'nodes: "eni-1" stands twice as networkInterfaceId',
    ],
    [
      'an initial primary that is no node',
      withCluster({ initialPrimary: 'db-9' }),
      'initialPrimary: received "db-9"; use one of db-1, db-2, db-3',
    ],
    [
      'a secondary address over two subnets',
      withCluster({ nodes: nodesInput((id) => (id === 'db-3' ? { subnetId: 'subnet-e' } : {})) }),
      'route.type: received "secondaryPrivateIp" with nodes in subnet-d, subnet-e',
    ],
    [
      'a VIP that belongs to a node',
      withCluster({ route: { type: 'secondaryPrivateIp', address: '10.0.1.12' } }),
      'route.address: received "10.0.1.12", the own address of a node',
    ],
    [
      'a probe that outlasts the detection',
      withCluster({ detection: { intervalMs: 100, timeoutMs: 500, failures: 3 } }),
      'detection.timeoutMs: received 500; use at most intervalMs × failures (300)',
    ],
    [
      'a connection that may take longer than a probe',
      withCluster({ detection: { timeoutMs: 1_000, connectTimeoutMs: 1_500 } }),
      'detection.connectTimeoutMs: received 1500; use at most timeoutMs (1000)',
    ],
    [
      'the bundle of RDS for servers that it does not vouch for',
      withCluster({ tls: {} }),
      'clusters[0].tls.ca: received rds, which does not vouch for 10.0.1.11; give the PEM text of the CA',
    ],
  ])('%s', (_, value, problem) => {
    expect(problemsOf(value)).toContainEqual(expect.stringContaining(problem));
  });
});

describe('a name that is not in the configuration', () => {
  it('of a cluster is refused with those that are', () => {
    expect(() => findCluster(exampleConfig(), 'billing')).toThrow('cluster: received "billing"; use one of orders');
  });

  it('of a node is refused with those that are', () => {
    expect(() => findNode(exampleConfig().clusters[0]!, 'db-7')).toThrow(
      'node: received "db-7"; cluster orders has db-1, db-2, db-3',
    );
  });
});
