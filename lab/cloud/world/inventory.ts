/** @module What a Describe call sees: the world, or how it was a while ago. */
import type { Account } from '../account.ts';
import type { Instance, NetworkInterface, SecurityGroup, Subnet, Vpc } from './model.ts';

export interface Inventory {
  readonly account: Account;
  readonly vpcs: ReadonlyMap<string, Vpc>;
  readonly subnets: ReadonlyMap<string, Subnet>;
  readonly securityGroups: ReadonlyMap<string, SecurityGroup>;
  readonly networkInterfaces: ReadonlyMap<string, NetworkInterface>;
  readonly instances: ReadonlyMap<string, Instance>;
  readonly tags: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** One that no change of the original reaches. */
export function copyOfInventory(inventory: Inventory): Inventory {
  const networkInterfaces = mapped(inventory.networkInterfaces, (each) => ({
    ...each,
    secondaryAddresses: new Set(each.secondaryAddresses),
  }));
  const interfaceOf = ({ networkInterface }: Instance) =>
    networkInterfaces.get(networkInterface.networkInterfaceId) ?? networkInterface;
  return {
    account: inventory.account,
    vpcs: new Map(inventory.vpcs),
    subnets: new Map(inventory.subnets),
    securityGroups: mapped(inventory.securityGroups, (each) => ({
      ...each,
      ingress: [...each.ingress],
      egress: [...each.egress],
    })),
    networkInterfaces,
    instances: mapped(inventory.instances, (each) => ({ ...each, networkInterface: interfaceOf(each) })),
    // A resource's tags are replaced as a whole.
    tags: new Map(inventory.tags),
  };
}

function mapped<T>(from: ReadonlyMap<string, T>, copy: (each: T) => T): ReadonlyMap<string, T> {
  return new Map([...from].map(([id, each]) => [id, copy(each)]));
}
