/**
 * What a rehearsal asks, in memory: AWS as `FakeNetwork` and `FakeDns` have it, servers as `FakeFleet` has them, seen by
 * accounts with the documented grants. Each answer can be replaced; none changes anything.
 *
 * @module
 */
import { accountGrants } from '../../lib/adapters/mysql/index.ts';
import type { ClusterConfig } from '../../lib/core/config.ts';
import { CloudError } from '../../lib/core/errors.ts';
import { FAILOVER_TABLES } from '../../lib/core/readiness/account-sight.ts';
import type { RehearsalResult } from '../../lib/core/readiness/result.ts';
import type { FenceRehearsal, Inspector, Rehearsals, RouteRehearsal } from '../../lib/ports/rehearsal.ts';
import type { FakeWorld } from './fake-world.ts';

const VPC = 'vpc-1';

export function fakeFenceRehearsal({ network }: FakeWorld, changes: Partial<FenceRehearsal> = {}): FenceRehearsal {
  return {
    instanceState: async (id) => (await network.instance(id)).stateName,
    interfacesOf: async (id) => (await network.interfacesOf(id)).map((each) => ({ ...each, vpcId: VPC })),
    isStopProtected: async () => false,
    wouldStop: async () => ({ wouldDo: true }),
    wouldSetGroups: async () => ({ wouldDo: true }),
    group: async () => ({ vpcId: VPC, ingressRules: 0 }),
    ...changes,
  };
}

export function fakeRouteRehearsal(
  { network, cluster }: FakeWorld,
  changes: Partial<RouteRehearsal> = {},
): RouteRehearsal {
  return {
    interface: async (id) => ({ ...(await network.interface(id)), vpcId: VPC }),
    subnetBlock: async () => '10.0.1.0/24',
    mostAddresses: async () => 10,
    record: async () => ({ ttlSeconds: cluster.dns.ttlSeconds, addresses: [cluster.route.address] }),
    topic: async () => {},
    executions: async () => {},
    ...changes,
  };
}

/** Sees what the fleet's viewer `steps` would; an account is known by the name of its secret. */
export function fakeInspector({ fleet }: FakeWorld): Inspector {
  return {
    async inspect(target) {
      const connection = await fleet.seenFrom('steps').connect(target);
      const { identity, readOnly } = await connection.observe();
      await connection.close();
      const role = target.credentials.username as keyof ReturnType<typeof accountGrants>;
      return {
        account: `${role}@%`,
        grants: accountGrants(target.engine)[role].map((grant) => `GRANT ${quoted(grant)}`),
        isEncrypted: true,
        tables: FAILOVER_TABLES,
        server: {
          identity,
          isReadOnly: readOnly,
          heartbeatPeriodMs: 250,
          netTimeoutSeconds: 10,
          receivesByItself: null,
          clockOffsetMs: 0,
        },
      };
    },
  };
}

/** `SELECT ON a.b` as servers show it. */
function quoted(grant: string): string {
  return grant.replace(/ON (\w+|\*)\.(\w+|\*)$/, (_, database: string, table: string) => {
    const quote = (name: string) => (name === '*' ? name : `\`${name}\``);
    return `ON ${quote(database)}.${quote(table)}`;
  });
}

/** With `isFailing` every call rejects. */
export class MemoryRehearsals implements Rehearsals {
  readonly results = new Map<string, RehearsalResult>();
  isFailing = false;

  async read(cluster: ClusterConfig['id']): Promise<RehearsalResult | null> {
    if (this.isFailing) throw new CloudError('reading the rehearsal failed');
    return this.results.get(cluster) ?? null;
  }

  async write(result: RehearsalResult): Promise<void> {
    if (this.isFailing) throw new CloudError('writing the rehearsal failed');
    this.results.set(result.cluster, result);
  }
}
