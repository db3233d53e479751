/** The templates against AWS's own resource schemas, the States Language and IAM's grammar, as cfn-lint knows them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPythonTool, lookForPython } from '../../lab/packages/find-python-tool.ts';
import { runProgram } from '../../lab/packages/program.ts';
import type { ConfigInput } from '../../lib/core/config.ts';
import { exampleConfig, synthesize } from '../constructs/example.ts';
import { manyClusters } from '../constructs/many-clusters.ts';
import { readable } from '../constructs/readable.ts';

interface Finding {
  readonly Rule: { readonly Id: string };
  readonly Filename: string;
  readonly Message: string;
  readonly Location: { readonly Path: readonly (string | number)[] | null };
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const configs: Readonly<Record<string, ConfigInput>> = {
  'the example': exampleConfig(),
  '20 clusters': manyClusters(20),
  '20 clusters by a tag': { ...manyClusters(20), resourceTag: { key: 'db-failover', value: 'production' } },
};

/** cfn-lint reads a definition only when it is an object: ARNs that are known after deployment are put in. */
function literalDefinition(resource: Resource): Resource {
  if (resource.Type !== 'AWS::StepFunctions::StateMachine') return resource;
  const { DefinitionString, ...others } = resource.Properties ?? {};
  const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:some';
  const Definition: unknown = JSON.parse(readable(DefinitionString).replaceAll(/\$\{[^}]*\}/g, arn));
  return { ...resource, Properties: { ...others, Definition } };
}

function templateOf(config: ConfigInput): unknown {
  const template = synthesize(config).toJSON() as { Resources: Record<string, Resource> };
  const resources = Object.entries(template.Resources).map(([id, each]) => [id, literalDefinition(each)]);
  return { ...template, Resources: Object.fromEntries(resources) as unknown };
}

const MISTAKES = {
  Resources: {
    Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayNam: 'no such property' } },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        RoleArn: 'arn:aws:iam::123456789012:role/some',
        Definition: { QueryLanguage: 'JSONata', StartAt: 'A', States: { A: { Type: 'Pass' } } },
      },
    },
    Role: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: {
        PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Alow', Action: 's3:GetObject' }] },
      },
    },
  },
};

const python = await lookForPython();
const unless = python === null ? ' (skipped: no Python 3.11 or newer on this machine)' : '';

describe.skipIf(python === null)(`cfn-lint${unless}`, () => {
  let directory: string;
  let findings: readonly Finding[];
  const foundIn = (name: string) =>
    findings
      .filter(({ Filename }) => basename(Filename, '.json') === name)
      .map(({ Rule, Message, Location }) => `${Rule.Id} ${Location.Path?.join('/')}: ${Message}`);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'failover-cfn-lint-'));
    const templates = Object.entries(configs).map(([name, config]) => [name, templateOf(config)] as const);
    const files: string[] = [];
    for (const [name, template] of [...templates, ['mistakes', MISTAKES] as const]) {
      const file = join(directory, `${name}.json`);
      await writeFile(file, JSON.stringify(template, null, 1));
      files.push(file);
    }
    const args = ['--format', 'json', '--regions', 'eu-central-1'];
    // The CDK writes what a function depends on beside the reference to it; once more does no harm.
    args.push('--ignore-checks', 'W3005', '--template', ...files);
    const cfnLint = await findPythonTool('cfn-lint');
    const { stdout, stderr } = await runProgram(cfnLint, args, { timeoutMs: 120_000 });
    try {
      findings = JSON.parse(stdout) as Finding[];
    } catch (cause) {
      throw new Error(`cfn-lint gave no findings, but: ${stdout}${stderr}`, { cause });
    }
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it.each(Object.keys(configs))('finds nothing in the template of %s', (name) => {
    expect(foundIn(name)).toEqual([]);
  });

  it.each([
    ['a property that AWS does not know', /DisplayNam/],
    ['a state that leads nowhere', /^E3601 Resources\/Machine\/.*'(Next|End)'/],
    ['an effect that IAM does not know', /^E3510 Resources\/Role\/.*Alow/],
  ])('would find %s', (_, sentence) => {
    expect(foundIn('mistakes')).toContainEqual(expect.stringMatching(sentence));
  });
});
