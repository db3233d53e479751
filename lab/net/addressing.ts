/**
 * Checks of what hosts and their wires are given: names, addresses, losses.
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

/** @throws Error unless it is a whole number from 0 to 100 */
export function assertPercent(percent: number): void {
  if (!Number.isInteger(percent) || percent < 0 || percent > 100) {
    throw new Error(`a loss of ${percent} of each hundred packets can't be; use a whole number from 0 to 100`);
  }
}
