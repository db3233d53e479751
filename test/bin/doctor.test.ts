import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../bin/commands/run.ts';
import { renderDoctorEvent } from '../../bin/render/examination.ts';
import { findingOf } from '../../lib/core/readiness/finding.ts';
import type { DoctorEvent } from '../../lib/operator/doctor.ts';
import { configInput, nodesInput } from '../fakes/example-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'failover-doctor-'));
const config = join(directory, 'orders.yaml');
const REGION = ['--region', 'eu-central-1'];
let endpoint: string[];
let server: Server;

beforeAll(async () => {
  // Port 1 of this host refuses at once.
  const nodes = nodesInput(() => ({ address: '127.0.0.1' })).map((node, index) => ({
    ...node,
    address: `127.0.0.${index + 1}`,
  }));
  const example = configInput({ nodes, port: 1, route: { type: 'secondaryPrivateIp', address: '127.0.0.100' } });
  writeFileSync(config, stringify(example));
  server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type: 'ResourceNotFoundException', message: "can't find the specified secret" }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  endpoint = ['--endpoint', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`];
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' });
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
  delete process.env['AWS_ACCESS_KEY_ID'];
  delete process.env['AWS_SECRET_ACCESS_KEY'];
  rmSync(directory, { recursive: true, force: true });
});

async function doctor(...words: readonly string[]) {
  let [stdout, stderr] = ['', ''];
  const code = await runCommandLine(['doctor', ...words], {
    terminal: { columns: 100, colour: false },
    print: (text) => (stdout += `${text}\n`),
    complain: (line) => (stderr += `${line}\n`),
  });
  return { code, stdout, stderr };
}

describe('db-failover doctor', () => {
  it('tells what it finds with its fix, and exits with 1 when a failover would fail', async () => {
    const { code, stdout, stderr } = await doctor('--config', config, ...REGION, ...endpoint);
    expect(stderr).toBe('');
    expect(code).toBe(1);
    expect(stdout).toContain('Cluster orders');
    expect(stdout).toMatch(/FAILS +secret-unreadable, operator\n/);
    expect(stdout).toContain('3 findings by which a failover would fail');
  });

  it('gives the same as JSON, an event in a line', async () => {
    const { stdout } = await doctor('--config', config, '--json', ...REGION, ...endpoint);
    const [event] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as DoctorEvent);
    expect(event).toMatchObject({ kind: 'examined', cluster: 'orders', primary: null });
  });

  it.each<[string, readonly string[], RegExp]>([
    ['no configuration', [], /^required option '--config <file>' not specified/],
    [
      'a configuration that is not there',
      ['--config', 'nowhere.yaml'],
      /^nowhere\.yaml can't be used: .*there is no such file/,
    ],
    ['another cluster', ['--config', config, '--cluster', 'billing'], /cluster: received "billing"; use one of orders/],
    [
      'an administrator without --fix',
      ['--config', config, '--admin-user', 'root'],
      /^admin: received "root" without --fix/,
    ],
    [
      '--fix without an administrator',
      ['--config', config, '--fix'],
      /^fix: received nothing; give either --admin-secret or --admin-user/,
    ],
    [
      '--fix without a password',
      ['--config', config, '--fix', '--admin-user', 'root'],
      /^DB_FAILOVER_ADMIN_PASSWORD: received nothing/,
    ],
    ['a time that is none', ['--config', config, '--timeout', 'soon'], /timeout: received "soon"; use whole seconds/],
  ])('%s: one line that names the value and the fix, and exits with 2', async (_, words, message) => {
    const { code, stdout, stderr } = await doctor(...words, ...REGION, ...endpoint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim()).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('never prints a password of the command line: there is no option for one', () => {
    const source = readFileSync(fileURLToPath(new URL('../../bin/commands/doctor.ts', import.meta.url)), 'utf8');
    expect(source).not.toMatch(/--(admin-)?password/);
  });
});

describe('what the doctor says as text', () => {
  const terminal = { columns: 100, colour: false };
  const node = { nodeId: 'db-1', address: '10.0.1.11:3306', role: 'primary', version: '10.11.19-MariaDB' } as const;
  const examined = { kind: 'examined', cluster: 'orders', primary: 'db-1', nodes: [node], findings: [] } as const;

  it('is OK where nothing would fail', () => {
    expect(renderDoctorEvent(examined, terminal).split('\n')).toEqual([
      'Cluster orders',
      '  db-1  10.0.1.11:3306  primary  10.11.19-MariaDB',
      'OK: a failover meets nothing that would stop it',
    ]);
  });

  it('marks what fails, what is weak and what nobody can verify', () => {
    const findings = [
      findingOf('account-refused', 'orders', 'db-1 (monitor)', 'db-1 refuses monitor'),
      findingOf('clock-off', 'orders', 'db-1', 'the clock is off'),
      findingOf('receiver-start-unverifiable', 'orders', 'orders', 'nobody can tell'),
    ];
    const text = renderDoctorEvent({ ...examined, findings }, terminal);
    expect(text.match(/^ {2}(FAILS|WEAK|UNKNOWN) +[a-z-]+/gm)).toHaveLength(3);
    expect(text).toContain('1 finding by which a failover would fail');
  });

  it('is harmless whatever a server says', () => {
    const because = 'a\u001b[2Jb';
    expect(renderDoctorEvent({ kind: 'repair-refused', cluster: 'orders', because }, terminal)).toBe(
      'not repaired: a [2Jb',
    );
  });
});
