import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../lib/core/config.ts';
import { exampleConfig, failoverStack, withApp } from './example.ts';

interface Finding {
  readonly rule: string;
  readonly path: string;
}

interface Report {
  readonly violations: readonly {
    readonly ruleName: string;
    readonly violatingResources?: readonly { readonly constructPath?: string }[];
  }[];
}

const findings = ({ violations }: Report): Finding[] =>
  violations.flatMap(({ ruleName, violatingResources = [] }) =>
    violatingResources.map(({ constructPath = '' }) => ({ rule: ruleName, path: constructPath })),
  );

/** What cdk-nag finds in the stack of a configuration, with and without regard to acknowledgements; and these. */
function look(config: ConfigInput): { open: Finding[]; all: Finding[]; acknowledged: Finding[] } {
  return withApp((app) => {
    const stack = failoverStack(app, config);
    const open = findings(new AwsSolutionsChecks(app).validateScope(stack));
    const deaf = new AwsSolutionsChecks(app);
    Object.assign(deaf, { isAcknowledged: () => false });
    const acknowledged = stack.node.findAll().flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.keys(data as object))
        .map((rule) => rule.replace(/^Annotation::/, ''))
        .filter((rule) => rule.startsWith('AwsSolutions-'))
        .map((rule) => ({ rule, path: node.path })),
    );
    return { open, all: findings(deaf.validateScope(stack)), acknowledged };
  });
}

describe.each<[string, ConfigInput]>([
  ['names', exampleConfig()],
  ['a tag', { ...exampleConfig(), resourceTag: { key: 'db-failover', value: 'production' } }],
])('the AwsSolutions rules of cdk-nag, on a stack that permits by %s,', (_, config) => {
  const { open, all, acknowledged } = look(config);

  it('find nothing that is not acknowledged with a reason', () => {
    expect(open).toEqual([]);
  });

  it('would find what is acknowledged: no acknowledgement is left of something that is gone', () => {
    expect(acknowledged.length).toBeGreaterThan(0);
    const unused = acknowledged.filter(
      ({ rule, path }) => !all.some((each) => each.rule === rule && each.path.startsWith(`${path}/`)),
    );
    expect(unused).toEqual([]);
  });
});
