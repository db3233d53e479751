import { Fn, Stack, Token } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../lib/core/config.ts';
import { literalConfig } from '../../lib/constructs/literal-config.ts';
import { exampleConfig, failoverStack, problemsOf, withApp } from './example.ts';

describe('a configuration that can’t be used is refused at synth, naming field, value and fix:', () => {
  it('a wrong value', () => {
    const config = exampleConfig();
    config.clusters[0]!.nodes[1]!.instanceId = 'db-2';
    expect(problemsOf(config)).toBe(
      "ConfigError: the configuration can't be used:\n" +
        '  - clusters[0].nodes[1].instanceId: received "db-2"; use the id of an existing resource, i-…',
    );
  });

  it('an unknown key', () => {
    expect(problemsOf({ ...exampleConfig(), endpoint: 'existing' })).toContain(
      'endpoint: unknown key "endpoint"; remove it',
    );
  });

  it('an id that is known only after deployment', () => {
    const config = exampleConfig();
    config.clusters[0]!.nodes[0]!.instanceId = Fn.ref('Primary');
    expect(problemsOf(config)).toMatch(
      /clusters\[0\]\.nodes\[0\]\.instanceId: received \$\{Token\[.*\]\}, which is known only after deployment; use the literal value/,
    );
  });

  it('a list and a number that are known only after deployment', () => {
    const config = exampleConfig();
    config.routeTableIds = Token.asList({ Ref: 'Tables' });
    config.clusters[0]!.port = Token.asNumber({ Ref: 'Port' });
    const problems = problemsOf(config);
    expect(problems).toContain('routeTableIds: received');
    expect(problems).toContain('clusters[0].port: received');
  });

  it('endpoints without a route table to lead to them', () => {
    expect(problemsOf({ ...exampleConfig(), routeTableIds: [] })).toMatch(
      /routeTableIds: received \[\], .*; name the route tables of the monitors’ subnets, or set endpoints to existing/,
    );
  });

  it('another VPC than the one given as a prop', () => {
    const problems = withApp((app) => {
      const stack = new Stack(app, 'Own');
      const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-0f', availabilityZones: ['eu-central-1a'] });
      try {
        failoverStack(app, exampleConfig(), { vpc });
        return '';
      } catch (error) {
        return String(error);
      }
    });
    expect(problems).toContain(
      'vpcId: received "vpc-0a1b2c3d4e5f60001", but the vpc prop is vpc-0f; name the same VPC',
    );
  });
});

describe('literalConfig', () => {
  it('fills in the defaults', () => {
    expect(literalConfig(exampleConfig()).clusters[0]?.detection.intervalMs).toBe(1_000);
  });

  it('throws ConfigError, which callers catch by class', () => {
    expect(() => literalConfig({ ...exampleConfig(), vpcId: 'none' })).toThrow(ConfigError);
  });
});
