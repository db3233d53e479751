/**
 * @module Where functions live on the lab's network.
 *
 * Guarantees: a function in a VPC has an interface of its own in each of its subnets, a member of its groups, so that
 * ingress rules see it. (AWS shares an interface among functions of the same subnet and groups; the lab does not, so
 * that a drill can blind one function.) Functions outside a VPC share the host `aws`, which is in nobody's subnet.
 */
import type { Host } from '../../net/network.ts';
import type { World } from '../world/world.ts';
import type { FunctionSpec } from './function.ts';

const OUTSIDE_HOST = 'aws';

export class FunctionHosts {
  private readonly world: World;
  private outside: Promise<Host> | undefined;
  private count = 0;

  constructor(world: World) {
    this.world = world;
  }

  /** Makes the hosts of a function, one for each subnet. */
  async place(spec: FunctionSpec): Promise<readonly Host[]> {
    if (!spec.vpc) return [await (this.outside ??= this.addOutside())];
    const { subnetIds, groupIds } = spec.vpc;
    return await Promise.all(
      subnetIds.map(async (subnetId) => {
        this.count += 1;
        // Short, because a network interface of the host may carry the name, and those have 15 characters.
        const name = `lambda-${this.count}`;
        const address = this.world.freeAddress(subnetId);
        const host = await this.world.network.addHost({ name, address });
        const description = `AWS Lambda VPC ENI-${spec.name}`;
        await this.world.addNetworkInterface({ subnetId, host: name, address, groupIds, description });
        return host;
      }),
    );
  }

  private addOutside(): Promise<Host> {
    const { network } = this.world;
    return network.addHost({ name: OUTSIDE_HOST, address: `${network.prefix}.255.10` });
  }
}
