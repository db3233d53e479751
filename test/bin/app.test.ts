import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'failover-app-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const DEADLINE_MS = 60_000;

interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node in the repository, without an account: no credentials, no region, no profile. */
function node(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const { PATH = '' } = process.env;
  const options = {
    cwd: repository,
    timeout: DEADLINE_MS,
    env: {
      PATH,
      HOME: directory,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
      npm_config_update_notifier: 'false',
      ...env,
    },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? 'ended by a signal'), stdout, stderr });
    });
  });
}

/** The app alone, as the CDK command would run it. */
const app = (context: Record<string, unknown>): Promise<Ended> =>
  node(['--import', 'tsx', 'bin/app.ts'], {
    CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    CDK_OUTDIR: join(directory, 'refused'),
  });

describe('npx cdk synth', () => {
  it(
    'writes the template of the example, offline and without an account, with the handlers bundled',
    { timeout: DEADLINE_MS },
    async () => {
      const out = join(directory, 'out');
      const cdk = join(require.resolve('aws-cdk/package.json'), '../bin/cdk');
      const ended = await node([cdk, 'synth', '--quiet', '--output', out]);
      expect(ended.code, `cdk synth said: ${ended.stderr}`).toBe(0);

      const template = JSON.parse(readFileSync(join(out, 'DatabaseFailover.template.json'), 'utf8')) as {
        Resources: Record<string, { Type: string; Properties: { Code: { S3Key: string } } }>;
        Outputs: Record<string, unknown>;
      };
      expect(Object.keys(template.Outputs).sort()).toEqual([
        'DatabaseFunctionName',
        'RehearsalArn',
        'StateMachineArn',
        'TableName',
        'TopicArn',
      ]);
      const functions = Object.values(template.Resources).filter((each) => each.Type === 'AWS::Lambda::Function');
      expect(functions).toHaveLength(6);
      for (const each of functions) {
        const asset = join(out, `asset.${each.Properties.Code.S3Key.replace('.zip', '')}`);
        expect(readFileSync(join(asset, 'index.mjs'), 'utf8')).toMatch(/export \{\n[^}]*\bhandler\b/);
      }
    },
  );
});

describe('the app says in one text what is wrong, and exits with 1', { timeout: DEADLINE_MS, concurrent: true }, () => {
  it.each([
    [
      'a missing file',
      { config: 'no-such.yaml' },
      "no-such.yaml can't be used:\n  - there is no such file; name a readable YAML file, such as examples/orders.yaml\n",
    ],
    [
      'no file named',
      {},
      'context "config" can\'t be used:\n  - received nothing; name a YAML file, such as -c config=examples/orders.yaml\n',
    ],
  ])('%s', async (_what, context, message) => {
    expect(await app(context)).toEqual({ code: 1, stdout: '', stderr: message });
  });

  it('a file that is no YAML', async () => {
    const file = join(directory, 'bad.yaml');
    writeFileSync(file, 'vpcId: [\n');
    const { code, stderr } = await app({ config: file });
    expect(code).toBe(1);
    expect(stderr).toContain("bad.yaml can't be used:\n  - not valid YAML: ");
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('a wrong value', async () => {
    const file = join(directory, 'wrong.yaml');
    const example = readFileSync(join(repository, 'examples/orders.yaml'), 'utf8');
    writeFileSync(file, example.replace('engine: mariadb', 'engine: oracle'));
    const { code, stderr } = await app({ config: file });
    expect(code).toBe(1);
    expect(stderr).toContain('clusters[0].engine: received "oracle"; use one of mariadb, mysql\n');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
