/**
 * The one schema of the configuration: it validates, gives the types and the defaults, and `docs/configuration.md` is
 * generated from it.
 *
 * @module
 */
import * as z from 'zod';

const identifier = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'use 1 to 31 lower-case letters, digits and hyphens, starting with a letter');
const ipv4 = z.ipv4('use an IPv4 address such as 10.0.1.100');
const awsId = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-z]{1,17}$`), `use the id of an existing resource, ${prefix}-…`);
const zoneName = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'use an availability zone such as eu-central-1a');
const hostName = z
  .string()
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use a host name in lower case');
const isPem = (text: string) =>
  /^(\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*)+$/.test(text);
// Of the characters that a tag may have those that mean nothing else in a policy.
const tagText = (longest: number) =>
  z
    .string()
    .regex(
      new RegExp(`^[A-Za-z0-9._:/=+@-]{1,${longest}}$`),
      `use 1 to ${longest} letters, digits and the characters . _ : / = + @ -`,
    );
const secretId = z
  .string()
  .min(1)
  .describe('Name or complete ARN of a Secrets Manager secret that holds JSON with `username` and `password`.');

const node = z.strictObject({
  id: identifier.describe('Name of the server in every message, e.g. `db-1`.'),
  address: ipv4.describe('Primary private IPv4 address of the server.'),
  host: hostName
    .optional()
    .describe('Name that functions connect to and that the certificate must bear; `address` without it.'),
  identity: z
    .string()
    .regex(/^[0-9a-f-]{1,36}$/, 'use its server_uuid (MySQL) or its server_id (MariaDB)')
    .optional()
    .describe(
      'What the server says of itself: its `server_uuid` (MySQL) or `server_id` (MariaDB). When another answers at its address, that one is not taken for it.',
    ),
  instanceId: awsId('i').describe('EC2 instance that the server runs on.'),
  networkInterfaceId: awsId('eni').describe('Interface that carries `address` and, on the primary, the VIP.'),
  subnetId: awsId('subnet').describe('Subnet of that interface.'),
  availabilityZone: zoneName.describe('Zone of that subnet.'),
  promotion: z
    .enum(['prefer', 'neutral', 'never'])
    .default('neutral')
    .describe('Whether this server should become the primary. `never`: it is not elected, whatever happens.'),
});

const detection = z.strictObject({
  intervalMs: z.int().min(100).max(60_000).default(1_000).describe('Time between two probes, in milliseconds.'),
  timeoutMs: z
    .int()
    .min(50)
    .max(30_000)
    .default(1_000)
    .describe('A read without an answer fails after this, in milliseconds.'),
  connectTimeoutMs: z
    .int()
    .min(50)
    .max(30_000)
    .optional()
    .describe('A connection that is not made and greeted within this fails, in milliseconds; `timeoutMs` without it.'),
  writeTimeoutMs: z
    .int()
    .min(50)
    .max(30_000)
    .optional()
    .describe('A heartbeat that is not committed within this is overdue, in milliseconds; `timeoutMs` without it.'),
  failures: z
    .int()
    .min(1)
    .max(60)
    .default(3)
    .describe('Consecutive failed probes before a monitor votes that the primary is gone.'),
  writeDeadlineSeconds: z
    .int()
    .min(5)
    .max(3_600)
    .default(30)
    .describe('How long a primary that answers may take no write before it counts as stalled, in seconds.'),
});

const policy = z.strictObject({
  stalledWrites: z
    .enum(['failover', 'alarm'])
    .default('failover')
    .describe(
      'What follows when a primary answers but has taken no write for `detection.writeDeadlineSeconds`, while its replicas hear it and could acknowledge: its disk is full or stalled, say. When it waits for replicas that are gone, nothing is changed in either case: another primary would wait for them too.',
    ),
  restart: z
    .enum(['reopen', 'failover', 'alarm'])
    .default('reopen')
    .describe(
      'What follows when the server of the primary was restarted, as by its supervisor after a crash, before it was found dead, and so is read-only or not bound by semi-sync. `reopen`: it is made the primary again under a new epoch, unless it was restarted again within the cooldown: then it fails over.',
    ),
});

const tls = z.strictObject({
  mode: z
    .enum(['verify-identity', 'verify-ca', 'off'])
    .default('verify-identity')
    .describe(
      '`verify-identity`: the certificate is signed by `ca` and bears the name or the address that is connected to. `verify-ca`: it is signed by `ca`. `off`: passwords and rows cross the network readable.',
    ),
  ca: z
    .string()
    .refine((text) => text === 'rds' || isPem(text), 'use rds, or the PEM text of one or more CA certificates')
    .default('rds')
    .describe(
      'Who vouches for the servers: the PEM text of your own CA, or `rds` for the bundle of Amazon RDS, which vouches for no server on EC2.',
    ),
});

const semiSync = z
  .enum(['required', 'off'])
  .default('required')
  .describe(
    '`required`: a commit is acknowledged only after a replica has it, so a failover loses nothing. `off`: asynchronous; a failover may lose what no replica received, and says how much.',
  );

const route = z.discriminatedUnion('type', [
  z.strictObject({
    type: z
      .literal('secondaryPrivateIp')
      .describe('A secondary private address that moves between the interfaces of one subnet.'),
    address: ipv4.describe('The address that applications connect to; configured on every guest beforehand.'),
  }),
]);

const dns = z.strictObject({
  hostedZoneId: z
    .string()
    .regex(/^Z[A-Z0-9]{1,31}$/, 'use a hosted zone id such as Z0123456789ABCDEFGHIJ')
    .describe('Hosted zone of the record.'),
  recordName: z
    .string()
    .regex(/^([a-z0-9_-]+\.)+[a-z0-9-]+\.?$/, 'use a full name such as orders.db.example.internal')
    .describe('Record of first discovery: it holds the VIP, and the new primary when the VIP could not be moved.'),
  ttlSeconds: z.int().min(1).max(60).default(60).describe('TTL of that record, in seconds; at most 60.'),
});

const cluster = z.strictObject({
  id: identifier.describe('Name of the cluster: one replication topology.'),
  engine: z.enum(['mariadb', 'mysql']).describe('MariaDB 10.11 and later, or MySQL 8.0.23 and later.'),
  port: z.int().min(1).max(65_535).default(3306).describe('TCP port of every server and of the VIP.'),
  nodes: z.array(node).min(2).max(9).describe('Every server of the cluster.'),
  initialPrimary: identifier.describe('Server that is the primary when the cluster is first seen; ignored afterwards.'),
  secrets: z.strictObject({
    monitor: secretId.describe('Account that probes: reads status, writes the heartbeat.'),
    operator: secretId.describe('Account that demotes, promotes and repoints.'),
    replication: secretId.describe('Account that replicas connect with.'),
  }),
  tls: tls.prefault({}),
  semiSync,
  bootsReadOnly: z
    .boolean()
    .default(false)
    .describe(
      'Set to true when the own configuration of every server says `read_only` (MySQL: `super_read_only`), so that a restarted server takes no write. Without it, a dead primary that might come back writable is not proven fenced until its instance is stopped.',
    ),
  detection: detection.prefault({}),
  policy: policy.prefault({}),
  fence: z
    .strictObject({
      deadlineSeconds: z
        .int()
        .min(10)
        .max(840)
        .default(300)
        .describe('How long a sufficient proof is awaited before the failover halts, in seconds.'),
      acceptNetworkIsolation: z
        .boolean()
        .default(false)
        .describe('Whether `network-isolated` alone is a sufficient proof.'),
    })
    .prefault({}),
  election: z
    .strictObject({
      maxLagSeconds: z
        .int()
        .min(0)
        .default(60)
        .describe(
          'A candidate further behind than this by its own word is refused, in seconds. MariaDB says nothing of it once its source is gone.',
        ),
      maxLagTransactions: z
        .int()
        .min(0)
        .default(100_000)
        .describe(
          'A candidate that has received more transactions than this and not yet applied them is refused: the promotion would wait for them, and gives up after 30 s.',
        ),
      onPossibleLoss: z
        .enum(['refuse', 'report'])
        .default('report')
        .describe('With asynchronous replication: halt and let a person decide, or promote and report.'),
    })
    .prefault({}),
  cooldownSeconds: z
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .describe('After a failover no other starts by itself for this long, in seconds.'),
  alarms: z
    .array(z.string().min(1).max(255))
    .default([])
    .describe(
      'Names of CloudWatch alarms that make the system look at once whether the primary is gone. An alarm is a reason to look, and no evidence: the monitors must agree all the same.',
    ),
  route,
  dns,
});

const monitor = z.strictObject({
  id: identifier.describe('Name of the monitor in every message, e.g. `a`.'),
  availabilityZone: zoneName.describe('Zone of its subnet.'),
  subnetId: awsId('subnet').describe('Subnet that this monitor runs in.'),
});

/** The whole configuration file. */
export const configSchema = z.strictObject({
  vpcId: awsId('vpc').describe('VPC of the databases.'),
  databaseSecurityGroupId: awsId('sg').describe(
    'Group of the database interfaces; the functions are let in on the port of each cluster.',
  ),
  monitors: z
    .array(monitor)
    .min(2)
    .max(7)
    .describe('Who watches; three in three zones is usual. They must stand in at least two zones.'),
  clusters: z.array(cluster).min(1).describe('Every cluster that this deployment looks after.'),
  endpoints: z
    .enum(['create', 'existing'])
    .default('create')
    .describe(
      'How functions inside the VPC reach AWS. `create`: the stack makes interface endpoints for Step Functions and Secrets Manager and a gateway endpoint for DynamoDB. `existing`: endpoints or a NAT gateway are there already.',
    ),
  routeTableIds: z
    .array(awsId('rtb'))
    .default([])
    .describe(
      'Route tables of the monitors’ subnets; the DynamoDB endpoint is added to them when `endpoints` is `create`.',
    ),
  resourceTag: z
    .strictObject({
      key: tagText(128).describe('Key of the tag, e.g. `db-failover`.'),
      value: tagText(256).describe('Value of the tag, e.g. the name of this deployment.'),
    })
    .optional()
    .describe(
      'Tag that every instance, network interface and secret of the clusters bears, in the account and region of the deployment. With it the functions may act on what bears the tag; without it, on each thing by its name, for which the roles of a deployment have room up to about 80 clusters. Whoever may set the tag says what a failover may stop.',
    ),
  monitoring: z
    .strictObject({
      clustersPerShard: z
        .int()
        .min(1)
        .max(1_000)
        .default(250)
        .describe(
          'How many clusters one invocation of a monitor watches at most. More clusters than this make further shards, each with its own schedule and lease; a new cluster at the end of `clusters` moves no other to another shard.',
        ),
      metricsPerCluster: z
        .boolean()
        .default(true)
        .describe(
          'Whether each cluster has metrics of its own, besides those of the deployment as a whole, from which the alarms are made ([prices](operations.md#metrics-and-alarms)).',
        ),
    })
    .prefault({}),
  notify: z
    .strictObject({ emails: z.array(z.email()).default([]).describe('Addresses that are told of every change.') })
    .prefault({}),
});

export type Config = z.output<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
export type ClusterConfig = Config['clusters'][number];
export type DetectionConfig = ClusterConfig['detection'];
/** How fast monitors look and give up. */
export type ProbeRhythm = Pick<DetectionConfig, 'intervalMs' | 'timeoutMs' | 'failures'>;
export type NodeConfig = ClusterConfig['nodes'][number];
export type MonitorConfig = Config['monitors'][number];
export type RouteConfig = ClusterConfig['route'];
export type Engine = ClusterConfig['engine'];

/** Every kind of route that there is. */
export const routeTypes: readonly string[] = route.options.map((option) => option.shape.type.value);
