/**
 * What the router lets through, as one nftables ruleset rendered from the whole state. Each change replaces all of it
 * in one transaction, so no packet ever meets half of a change.
 *
 * The order of the rules is the model: a dead wire, a cut, a partition and a lossy wire drop packets also of what is
 * established; a security group stops only new connections, because established ones are let through before it is asked. What
 * an untracked rule admitted is marked, and every packet of it towards the host is asked for anew.
 *
 * @module
 */
import type { IngressRule } from './network.ts';

export interface FirewallState {
  /** Interfaces of the hosts whose wire is silent. */
  readonly silent: readonly string[];
  /** Pairs of interfaces between which nothing passes, in either direction. */
  readonly cuts: readonly (readonly [string, string])[];
  /** Interfaces of the hosts that the router itself can't talk with. */
  readonly cutFromRouter: readonly string[];
  /** Interfaces of the hosts on one side of a partition; empty without one. Everybody else is on the other. */
  readonly enclosed: readonly string[];
  /** Packets lost of each hundred, in either direction, by the interface of the host whose wire is lossy. */
  readonly lossPercent: ReadonlyMap<string, number>;
  /** Who may open connections, by the interface of the host that is asked; hosts that are absent admit everybody. */
  readonly ingress: ReadonlyMap<string, readonly IngressRule[]>;
}

/** The mark of a flow that an untracked rule admitted; a mark is 0 when nobody has set it. */
const UNTRACKED = 1;

/** Input for `nft -f -`. */
export function renderFirewall(state: FirewallState): string {
  const silentToRouter = [...state.silent, ...state.cutFromRouter];
  const bothWays = state.cuts.flatMap(([a, b]) => [`${a} . ${b}`, `${b} . ${a}`]);
  const groups = [...state.ingress].map(([device, rules]) => ingressChain(device, rules));
  const jumps = [...state.ingress.keys()].map((device) => `${device} : jump ${chainName(device)}`);
  return `table ip lab
delete table ip lab
table ip lab {
${groups.join('')}  chain forward {
    type filter hook forward priority filter; policy accept;
    ${ifAny('iifname', state.silent, 'drop')}
    ${ifAny('oifname', state.silent, 'drop')}
    ${ifAny('iifname . oifname', bothWays, 'drop')}
    ${partition(state.enclosed)}
    ${losses('iifname', state)}
    ${losses('oifname', state)}
    ct state established,related ct mark != ${UNTRACKED} accept
    ct state established,related ct direction reply accept
    ${jumps.length > 0 ? `oifname vmap { ${jumps.join(', ')} }` : ''}
  }
  chain input {
    type filter hook input priority filter; policy accept;
    ${ifAny('iifname', silentToRouter, 'drop')}
    ${losses('iifname', state)}
  }
  chain output {
    type filter hook output priority filter; policy accept;
    ${ifAny('oifname', silentToRouter, 'drop')}
    ${losses('oifname', state)}
  }
}
`;
}

function ingressChain(device: string, rules: readonly IngressRule[]): string {
  const accepts = rules.map(
    ({ from, fromPort, toPort, untracked = false }) =>
      `    ip saddr ${from} tcp dport ${fromPort}-${toPort} ${untracked ? `ct mark set ${UNTRACKED} ` : ''}accept\n`,
  );
  return `  chain ${chainName(device)} {\n${accepts.join('')}    drop\n  }\n`;
}

/** By who is inside, not by pairs: a host that is plugged in later is outside. */
function partition(enclosed: readonly string[]): string {
  if (enclosed.length === 0) return '';
  const inside = `{ ${enclosed.join(', ')} }`;
  return `iifname ${inside} oifname != ${inside} drop
    iifname != ${inside} oifname ${inside} drop`;
}

function losses(key: string, { lossPercent }: FirewallState): string {
  return [...lossPercent]
    .map(([device, percent]) => `${key} ${device} ${percent < 100 ? `numgen random mod 100 < ${percent} ` : ''}drop`)
    .join('\n    ');
}

function ifAny(key: string, elements: readonly string[], verdict: string): string {
  return elements.length > 0 ? `${key} { ${[...new Set(elements)].join(', ')} } ${verdict}` : '';
}

function chainName(device: string): string {
  return `ingress-${device}`;
}
