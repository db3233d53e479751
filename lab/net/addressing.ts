/**
 * Checks of the names and addresses that hosts are given.
 *
 * @module
 */
import { isIPv4 } from 'node:net';

/** @throws Error unless it can be a host's name on every kind of network */
export function assertHostName(name: string): void {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new Error(
      `host name "${name}" must start with a letter and hold lower-case letters, digits and hyphens only`,
    );
  }
}

/** @throws Error unless it is an IPv4 address under the network's two-number prefix */
export function assertAddress(address: string, prefix: string): void {
  if (!isIPv4(address) || !address.startsWith(`${prefix}.`)) {
    throw new Error(`address "${address}" must be an IPv4 address that starts with ${prefix}.`);
  }
}
