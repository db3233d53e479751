/**
 * The table of everything that a rehearsal can find. docs/rehearsal.md is generated from it; a test produces every row.
 *
 * @module
 */
import type { Severity } from './finding.ts';

/** Which part of the rehearsal finds it: SQL, what stops the old primary, what leads clients, or the rehearsal itself. */
export type Part = 'database' | 'fence' | 'network' | 'rehearsal';

export interface FindingKind {
  readonly part: Part;
  readonly severity: Severity;
  /** Completes "when …". */
  readonly when: string;
  /** What a person does about it, in words that follow a semicolon. */
  readonly fix: string;
}

function kind(part: Part, severity: Severity, when: string, fix: string): FindingKind {
  return { part, severity, when, fix };
}

export const FINDINGS = {
  'secret-unreadable': kind(
    'database',
    'fails',
    'a secret is missing, may not be read, or holds no JSON with `username` and `password`',
    'store {"username": …, "password": …} under that name, and let the function read it',
  ),
  'account-refused': kind(
    'database',
    'fails',
    'a server refuses an account',
    'make the account, or store the password that the server has (doctor --fix makes a missing one)',
  ),
  'privilege-missing': kind(
    'database',
    'fails',
    'an account lacks a privilege, counting the roles that are in force when it connects',
    'grant it on the primary, or run doctor --fix',
  ),
  'schema-missing': kind(
    'database',
    'fails',
    'a table of the database `failover`, or a column of one, is not there',
    'run doctor --fix, and see that the database is replicated',
  ),
  'server-unreachable': kind(
    'database',
    'degrades',
    'a server does not answer, or cuts the connection',
    'see that it runs and that the functions are let in on its port',
  ),
  'server-untrusted': kind(
    'database',
    'fails',
    'a server shows no certificate that `tls` accepts, or speaks no TLS',
    'give the server a certificate that tls.ca has signed, or correct tls in the configuration',
  ),
  'server-unreadable': kind(
    'database',
    'fails',
    'a server lets the operator in and then answers a question with an error',
    'look at the error; a missing privilege or table has a finding of its own',
  ),
  'other-server': kind(
    'database',
    'fails',
    'another server answers than the configured one',
    'correct address or identity of the node in the configuration',
  ),
  'same-server': kind(
    'database',
    'fails',
    'two nodes are one server by its identity',
    'correct their addresses, or give the copy an identity of its own',
  ),
  'nobody-electable': kind(
    'database',
    'fails',
    'if the primary died now, nobody would be promoted',
    'do what the refusal says while the primary lives',
  ),
  'not-electable': kind(
    'database',
    'degrades',
    'a replica could not be elected, for another reason than being marked so',
    'repair it, or mark it `promotion: never`',
  ),
  'boots-writable': kind(
    'database',
    'degrades',
    'a server is not known to come up read-only after a restart: the fence of a dead primary then waits for EC2',
    'make it boot read-only (operations.md says how)',
  ),
  'semi-sync-weak': kind(
    'database',
    'degrades',
    'semi-sync is required, but a server is not set up for it',
    'set it as getting-started.md says',
  ),
  'heartbeat-slow': kind(
    'database',
    'degrades',
    'a replica asks for heartbeats more seldom than witnesses need: it counts as silent while the primary lives',
    'CHANGE MASTER TO MASTER_HEARTBEAT_PERIOD (MySQL: SOURCE_HEARTBEAT_PERIOD) to 0.25, as a failover does',
  ),
  'net-timeout-slow': kind(
    'database',
    'degrades',
    'a replica would wait longer for a silent source than a failover sets',
    'set slave_net_timeout (MySQL: replica_net_timeout) to 10 in its option file',
  ),
  'receives-by-itself': kind(
    'database',
    'degrades',
    'a replica that is restarted in the middle of a failover would receive from the old primary again',
    'put skip_replica_start = ON into its option file',
  ),
  'receiver-start-unverifiable': kind(
    'database',
    'unverifiable',
    'MariaDB does not tell whether a restarted replica would receive by itself',
    'see that skip_slave_start is in the option file of every server',
  ),
  'clock-off': kind(
    'database',
    'degrades',
    'the clock of a server differs from that of the looker',
    'let chrony or systemd-timesyncd set its clock',
  ),

  'instance-unreadable': kind(
    'fence',
    'fails',
    'EC2 does not tell of an instance, its protection or its interfaces',
    'see that instanceId is right and that the function may ask',
  ),
  'instance-not-running': kind(
    'fence',
    'degrades',
    'an instance does not run',
    'start it, or remove the node from the configuration',
  ),
  'stop-forbidden': kind(
    'fence',
    'fails',
    'EC2 would refuse to stop an instance (asked with DryRun)',
    'see which policy forbids ec2:StopInstances: the role of the function, a boundary, or one of the organization',
  ),
  'stop-protected': kind(
    'fence',
    'fails',
    'stop protection is on: EC2 lets nobody stop the instance',
    'turn off its attribute disableApiStop',
  ),
  'isolate-forbidden': kind(
    'fence',
    'fails',
    'EC2 would refuse to put an interface into the fence group (asked with DryRun)',
    'see which policy forbids ec2:ModifyNetworkInterfaceAttribute, and that configuration and deployment are the same',
  ),
  'interface-not-attached': kind(
    'fence',
    'fails',
    'the configured interface is none of its instance',
    'correct networkInterfaceId or instanceId of the node',
  ),
  'interface-unconfigured': kind(
    'fence',
    'fails',
    'an instance has an interface besides the configured one, which the fence may not cut off',
    'detach it, as the function may change no other interface',
  ),
  'fence-group-unusable': kind(
    'fence',
    'fails',
    'the fence group is missing, lies in another VPC than an interface, or lets something through',
    'deploy the stack anew, and leave that group without rules',
  ),

  'interface-unreadable': kind(
    'network',
    'fails',
    'EC2 does not tell of an interface, its subnet or its instance',
    'see that networkInterfaceId is right and that the function may ask',
  ),
  'address-drifted': kind('network', 'fails', 'the VIP is not at the interface of the primary', 'assign it there'),
  'address-outside-subnet': kind(
    'network',
    'fails',
    "the VIP is not of a node's subnet, so it can't be moved there",
    'move the node, or choose an address of its subnet',
  ),
  'interface-full': kind(
    'network',
    'fails',
    'an interface has no room for another address',
    'take an address away from it, or a larger instance type',
  ),
  'address-move-unverifiable': kind(
    'network',
    'unverifiable',
    'AssignPrivateIpAddresses knows no DryRun: whether the role may move the address shows in a drill only',
    'fail over once by hand after a change of policies',
  ),
  'record-unreadable': kind(
    'network',
    'degrades',
    'Route 53 does not tell of the record, or there is none',
    'see that hostedZoneId and recordName are right and that the function may ask',
  ),
  'record-drifted': kind(
    'network',
    'degrades',
    'the record holds another address, or a longer TTL, than it should',
    'write address and TTL as the configuration says',
  ),
  'topic-unreadable': kind(
    'network',
    'fails',
    'SNS does not tell of the topic: people might not be told',
    'deploy the stack anew, and see which policy forbids it',
  ),
  'executions-unreadable': kind(
    'network',
    'fails',
    'Step Functions does not tell of executions: nobody could see that a change has broken off',
    'see which policy forbids states:DescribeExecution',
  ),

  'not-rehearsed': kind(
    'rehearsal',
    'fails',
    'a part of the rehearsal did not come to its end',
    'look at the log of that function: a failover needs it too',
  ),
  'findings-left-out': kind(
    'rehearsal',
    'fails',
    'there are more findings than a state of the state machine can carry',
    'repair those that are listed; the others come then',
  ),
} as const satisfies Readonly<Record<string, FindingKind>>;

export type FindingCode = keyof typeof FINDINGS;
