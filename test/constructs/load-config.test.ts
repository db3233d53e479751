import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../lib/core/config.ts';
import { loadConfig } from '../../lib/constructs/load-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'failover-config-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function problemsOf(yaml: string): string {
  const file = join(directory, 'some.yaml');
  writeFileSync(file, yaml);
  try {
    loadConfig(file);
    return '';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return String(error).replaceAll(`${directory}/`, '');
  }
}

describe('loadConfig', () => {
  it('reads the example and fills in the defaults', () => {
    const config = loadConfig('examples/orders.yaml');
    expect(config.clusters.map((cluster) => [cluster.id, cluster.port])).toEqual([['orders', 3306]]);
  });

  it('names a file that does not exist, and what to do', () => {
    expect(() => loadConfig('no-such.yaml')).toThrow(
      "no-such.yaml can't be used:\n  - there is no such file; name a readable YAML file, such as examples/orders.yaml",
    );
  });

  it('says why a path can’t be read', () => {
    expect(() => loadConfig(directory)).toThrow(/EISDIR.*; name a readable YAML file/);
  });

  it('points at the line that is no YAML', () => {
    expect(problemsOf('vpcId: vpc-1\n  monitors: []\n')).toMatch(
      /^ConfigError: some\.yaml can't be used:\n {2}- not valid YAML: .* at line 1, column 8; correct that line\n {4}vpcId: vpc-1\n/,
    );
  });

  it('refuses a key that stands twice', () => {
    expect(problemsOf('vpcId: vpc-1\nvpcId: vpc-2\n')).toContain('Map keys must be unique at line 2, column 1');
  });

  it('names file, field, value and fix of a wrong value', () => {
    const problems = problemsOf('vpcId: my-vpc\n');
    expect(problems).toContain("some.yaml can't be used:");
    expect(problems).toContain('vpcId: received "my-vpc"; use the id of an existing resource, vpc-…');
  });

  it('refuses an empty file', () => {
    expect(problemsOf('')).toContain('the whole file: received null');
  });
});
