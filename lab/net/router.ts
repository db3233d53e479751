/**
 * The commands that make this process's network namespace the router of the lab, and hang hosts on it: one wire to
 * each host, one route for each address.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { runCommand } from '../packages/run-command.ts';
import type { HostSpec } from './network.ts';

const commandTimeoutMs = 10_000;
/** A host's default route leads here; no one holds it, for a wire with two ends needs no name for the other one. */
const gateway = '169.254.1.1';

/** A host's wire. Both ends have one hardware address and ask for none, so no packet ever waits for ARP. */
export interface Wire {
  /** The router's end; the host's is `eth0`. */
  readonly device: string;
  readonly mac: string;
}

/** The wire of the n-th host of a network. */
export function wireOf(index: number, host: string): Wire {
  const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
  // An interface's name has at most 15 characters; the number keeps it unique and the rest is for people.
  return { device: `v${index}-${host}`.slice(0, 15), mac: `02:42:00:00:${hex(index >> 8)}:${hex(index & 0xff)}` };
}

/** Where `ip` keeps a host's namespace. */
export function namespaceFile(host: string): string {
  return `/run/netns/${host}`;
}

/** From now on this namespace passes packets between hosts, and answers at `serviceAddress`. */
export async function startRouter(serviceAddress: string): Promise<void> {
  const settings = {
    ip_forward: 1,
    // AWS's source/destination check: a host that lost an address can't send from it any more.
    'conf/all/rp_filter': 1,
    'conf/default/rp_filter': 1,
    'conf/all/send_redirects': 0,
    'conf/default/send_redirects': 0,
  };
  for (const [name, value] of Object.entries(settings)) writeFileSync(`/proc/sys/net/ipv4/${name}`, `${value}\n`);
  // Without the last line the router would tell a client that nobody is there. A VPC says nothing.
  await ip(['link set lo up', `address add ${serviceAddress}/32 dev lo`, 'route add blackhole default']);
}

export async function stopRouter(serviceAddress: string): Promise<void> {
  await ip(['route delete blackhole default', `address delete ${serviceAddress}/32 dev lo`]);
}

/** Makes a host's namespace, wire and addresses. Nothing is delivered to it before `deliver`. */
export async function plugIn({ name, address, guestAddresses = [] }: HostSpec, { device, mac }: Wire): Promise<void> {
  await ip([
    `netns add ${name}`,
    `link add ${device} address ${mac} type veth peer name eth0 address ${mac} netns ${name}`,
    `link set ${device} arp off up`,
  ]);
  await ip(
    [
      'link set lo up',
      `address add ${address}/32 dev eth0`,
      ...guestAddresses.map((guest) => `address add ${guest}/32 dev lo`),
      'link set eth0 arp off up',
      `route add default via ${gateway} dev eth0 onlink src ${address}`,
    ],
    name,
  );
}

/** Removes hosts' namespaces with all that their kernels still had to send; no process may be left in them. */
export async function unplug(hosts: readonly { readonly host: string; readonly wire: Wire }[]): Promise<void> {
  await ip(hosts.flatMap(({ host, wire }) => [`link delete ${wire.device}`, `netns delete ${host}`]));
}

/** Delivers addresses by one wire from now on. */
export async function deliver(addresses: readonly string[], { device }: Wire): Promise<void> {
  await ip(addresses.map((address) => `route replace ${address}/32 dev ${device}`));
}

/** Lets packets to an address vanish. Idempotent. */
export async function deliverNowhere(address: string): Promise<void> {
  const { stdout } = await runCommand('ip', ['route', 'show', `${address}/32`], { timeoutMs: commandTimeoutMs });
  if (stdout.trim() !== '') await ip([`route delete ${address}/32`]);
}

async function ip(commands: readonly string[], namespace?: string): Promise<void> {
  const args = [...(namespace === undefined ? [] : ['-n', namespace]), '-batch', '-'];
  const input = `${commands.join('\n')}\n`;
  const { status, stderr } = await runCommand('ip', args, { timeoutMs: commandTimeoutMs, input });
  if (status !== 0) throw new Error(`ip refused "${commands.join('; ')}": ${stderr.trim()}`);
}
