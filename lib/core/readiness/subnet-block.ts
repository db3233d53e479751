/**
 * Whether an IPv4 address is of a subnet.
 *
 * @module
 */

/** @param block such as `10.0.1.0/24`; nothing is contained in what is no block */
export function blockContains(block: string, address: string): boolean {
  const [network, prefix] = block.split('/');
  const bits = Number(prefix);
  if (network === undefined || prefix === undefined || !Number.isInteger(bits) || bits < 0 || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(numberOf(network) / size) === Math.floor(numberOf(address) / size);
}

function numberOf(address: string): number {
  return address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
}
