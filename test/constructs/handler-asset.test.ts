import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, it } from 'vitest';
import { literalConfig } from '../../lib/constructs/literal-config.ts';
import { FailoverStack } from '../../lib/constructs/failover-stack.ts';
import { exampleConfig, STUB_HANDLERS } from './example.ts';

const directory = mkdtempSync(join(tmpdir(), 'failover-asset-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Handlers of which the database one takes a CommonJS package along, as the real one takes mysql2. */
const handlers = join(directory, 'handlers');
cpSync(STUB_HANDLERS, handlers, { recursive: true });
writeFileSync(join(handlers, 'database/package.cjs'), "module.exports = { separator: require('node:path').sep };\n");
writeFileSync(
  join(handlers, 'database/index.ts'),
  "import path from './package.cjs';\nimport { createRequire } from 'node:module';\n" +
    'export const handler = (): string => path.separator + typeof createRequire(import.meta.url);\n',
);

const outdir = join(directory, 'out');
const app = new App({ outdir });
const other = exampleConfig();
other.clusters[0]!.port = 3307;
const stacks = [
  new FailoverStack(app, 'First', { failover: { config: exampleConfig(), handlersDirectory: handlers } }),
  new FailoverStack(app, 'Second', { failover: { config: other, handlersDirectory: handlers } }),
];

/** Directories of the assets of a stack's functions, by the name of the function. */
function assets(stack: FailoverStack): Map<string, string> {
  const functions = Object.entries(Template.fromStack(stack).findResources('AWS::Lambda::Function'));
  return new Map(
    functions.map(([id, resource]) => {
      const hash = String(resource['Properties'].Code.S3Key).replace('.zip', '');
      return [id.replace(/^Failover(Monitors|Steps)|Function.*$/g, ''), join(outdir, `asset.${hash}`)];
    }),
  );
}
const [first, second] = stacks.map(assets) as [Map<string, string>, Map<string, string>];
const load = (asset: string | undefined) =>
  import(pathToFileURL(join(asset!, 'index.mjs')).href) as Promise<{ handler: (event?: unknown) => unknown }>;

describe('the asset of a handler', () => {
  it('holds one module and the configuration, and nothing else', () => {
    for (const asset of first.values()) expect(readdirSync(asset).sort()).toEqual(['config.json', 'index.mjs']);
  });

  it('is what was bundled beforehand, where it was', () => {
    const bundled = join(directory, 'bundled');
    cpSync(STUB_HANDLERS, bundled, { recursive: true });
    writeFileSync(join(bundled, 'fence/index.mjs'), 'export const handler = () => "beforehand";\n');
    const stack = new FailoverStack(new App({ outdir }), 'Bundled', {
      failover: { config: exampleConfig(), handlersDirectory: bundled },
    });
    expect(readFileSync(join(assets(stack).get('Fence')!, 'index.mjs'), 'utf8')).toContain('beforehand');
  });

  it('exports handler, which runs on this Node', async () => {
    expect((await load(first.get('a'))).handler('tick')).toEqual({ handler: 'monitor', event: 'tick' });
  });

  it('runs CommonJS packages that call require, beside code that imports createRequire itself', async () => {
    expect((await load(first.get('Database'))).handler()).toBe('/function');
  });

  it('carries the checked configuration with its defaults', () => {
    const config: unknown = JSON.parse(readFileSync(join(first.get('Network')!, 'config.json'), 'utf8'));
    expect(config).toEqual(literalConfig(exampleConfig()));
  });

  it('is one for all monitors', () => {
    expect(first.get('a')).toBeDefined();
    expect(first.get('b')).toBe(first.get('a'));
    expect(first.get('c')).toBe(first.get('a'));
    expect(existsSync(first.get('a')!)).toBe(true);
  });

  it('is another for another configuration in the same app', () => {
    const config = JSON.parse(readFileSync(join(second.get('a')!, 'config.json'), 'utf8')) as typeof other;
    expect(config.clusters[0]?.port).toBe(3307);
  });
});
