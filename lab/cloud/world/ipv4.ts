/** @module Arithmetic on IPv4 addresses and blocks. */

/** The 32 bits of an address. Undefined when the text isn't one. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return undefined;
  return parts.reduce((bits, part) => bits * 256 + Number(part), 0);
}

export function formatIpv4(bits: number): string {
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}

/** First and last address of a block. @throws RangeError when the text is no IPv4 block */
export function blockRange(cidrBlock: string): { readonly first: number; readonly last: number } {
  const [address = '', length = '32'] = cidrBlock.split('/');
  const bits = parseIpv4(address);
  const prefixLength = Number(length);
  if (bits === undefined || !Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > 32) {
    throw new RangeError(`${cidrBlock} is not an IPv4 block: write it like 10.42.1.0/24`);
  }
  const size = 2 ** (32 - prefixLength);
  const first = Math.floor(bits / size) * size;
  return { first, last: first + size - 1 };
}

export function blockContains(cidrBlock: string, address: string): boolean {
  const bits = parseIpv4(address);
  const { first, last } = blockRange(cidrBlock);
  return bits !== undefined && bits >= first && bits <= last;
}

/** AWS keeps the first four addresses and the last one of every subnet. */
export function isReservedInSubnet(cidrBlock: string, address: string): boolean {
  const bits = parseIpv4(address);
  const { first, last } = blockRange(cidrBlock);
  return bits !== undefined && (bits < first + 4 || bits === last);
}
