import { describe, expect, it } from 'vitest';
import { type FirewallState, renderFirewall } from '../../../lab/net/firewall.ts';

const nothing: FirewallState = {
  silent: [],
  cuts: [],
  cutFromRouter: [],
  enclosed: [],
  lossPercent: new Map(),
  ingress: new Map(),
};

function forwardChain(state: Partial<FirewallState>): string[] {
  const chain = /chain forward \{([^]*?)\n {2}\}/.exec(renderFirewall({ ...nothing, ...state }))?.[1] ?? '';
  return chain
    .split('\n')
    .flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
    .slice(1);
}

const ESTABLISHED = [
  'ct state established,related ct mark != 1 accept',
  'ct state established,related ct direction reply accept',
];

describe('the firewall', () => {
  it('lets everything through when nothing is wrong, and tracks connections from the start', () => {
    expect(forwardChain({})).toEqual(ESTABLISHED);
  });

  it('drops on a silent wire and on a cut before it asks whether a connection is established', () => {
    expect(forwardChain({ silent: ['v1'], cuts: [['v2', 'v3']] })).toEqual([
      'iifname { v1 } drop',
      'oifname { v1 } drop',
      'iifname . oifname { v2 . v3, v3 . v2 } drop',
      ...ESTABLISHED,
    ]);
  });

  it('parts those inside from everybody else, whoever that is, also on established connections', () => {
    expect(forwardChain({ enclosed: ['v1', 'v4'] })).toEqual([
      'iifname { v1, v4 } oifname != { v1, v4 } drop',
      'iifname != { v1, v4 } oifname { v1, v4 } drop',
      ...ESTABLISHED,
    ]);
  });

  it('loses packets of a lossy wire in each direction, those to and from the router too', () => {
    const lossPercent = new Map([['v1', 30]]);
    expect(forwardChain({ lossPercent })).toEqual([
      'iifname v1 numgen random mod 100 < 30 drop',
      'oifname v1 numgen random mod 100 < 30 drop',
      ...ESTABLISHED,
    ]);
    expect(renderFirewall({ ...nothing, lossPercent }).match(/numgen random/g)).toHaveLength(4);
  });

  it('asks a security group about new connections only', () => {
    const ingress = new Map([['v1', [{ from: '10.42.0.0/16', fromPort: 3306, toPort: 3307 }]]]);
    expect(forwardChain({ ingress })).toEqual([...ESTABLISHED, 'oifname vmap { v1 : jump ingress-v1 }']);
    expect(renderFirewall({ ...nothing, ingress })).toContain(
      '  chain ingress-v1 {\n    ip saddr 10.42.0.0/16 tcp dport 3306-3307 accept\n    drop\n  }\n',
    );
  });

  it('marks what an untracked rule admits, so that it is asked for again with each packet', () => {
    const ingress = new Map([['v1', [{ from: '0.0.0.0/0', fromPort: 3306, toPort: 3306, untracked: true }]]]);
    expect(renderFirewall({ ...nothing, ingress })).toContain(
      '  chain ingress-v1 {\n    ip saddr 0.0.0.0/0 tcp dport 3306-3306 ct mark set 1 accept\n    drop\n  }\n',
    );
  });

  it('replaces the whole table in one transaction', () => {
    expect(renderFirewall(nothing)).toMatch(/^table ip lab\ndelete table ip lab\ntable ip lab \{/);
  });
});
