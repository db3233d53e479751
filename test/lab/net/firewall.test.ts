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

describe('the firewall', () => {
  it('lets everything through when nothing is wrong, and tracks connections from the start', () => {
    expect(forwardChain({})).toEqual(['ct state established,related accept']);
  });

  it('drops on a silent wire and on a cut before it asks whether a connection is established', () => {
    expect(forwardChain({ silent: ['v1'], cuts: [['v2', 'v3']] })).toEqual([
      'iifname { v1 } drop',
      'oifname { v1 } drop',
      'iifname . oifname { v2 . v3, v3 . v2 } drop',
      'ct state established,related accept',
    ]);
  });

  it('parts those inside from everybody else, whoever that is, also on established connections', () => {
    expect(forwardChain({ enclosed: ['v1', 'v4'] })).toEqual([
      'iifname { v1, v4 } oifname != { v1, v4 } drop',
      'iifname != { v1, v4 } oifname { v1, v4 } drop',
      'ct state established,related accept',
    ]);
  });

  it('loses packets of a lossy wire in each direction, those to and from the router too', () => {
    const lossPercent = new Map([['v1', 30]]);
    expect(forwardChain({ lossPercent })).toEqual([
      'iifname v1 numgen random mod 100 < 30 drop',
      'oifname v1 numgen random mod 100 < 30 drop',
      'ct state established,related accept',
    ]);
    expect(renderFirewall({ ...nothing, lossPercent }).match(/numgen random/g)).toHaveLength(4);
  });

  it('asks a security group about new connections only', () => {
    const ingress = new Map([['v1', [{ from: '10.42.0.0/16', fromPort: 3306, toPort: 3307 }]]]);
    expect(forwardChain({ ingress })).toEqual([
      'ct state established,related accept',
      'oifname vmap { v1 : jump ingress-v1 }',
    ]);
    expect(renderFirewall({ ...nothing, ingress })).toContain(
      '  chain ingress-v1 {\n    ip saddr 10.42.0.0/16 tcp dport 3306-3307 accept\n    drop\n  }\n',
    );
  });

  it('replaces the whole table in one transaction', () => {
    expect(renderFirewall(nothing)).toMatch(/^table ip lab\ndelete table ip lab\ntable ip lab \{/);
  });
});
