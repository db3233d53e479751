import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../bin/commands/run.ts';
import { REGION } from '../fakes/dynamodb-table.ts';
import { journalOfAFailover, labTable, leaveHistory, TABLE, type LabTable } from './dynamodb.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'failover-history-'));
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' };
const DEADLINE_MS = 30_000;

interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

let lab: LabTable;
beforeAll(async () => {
  lab = await labTable();
  const events = await journalOfAFailover();
  const stoodDown = { code: 'stood-down', because: 'a: alive' };
  const [opened] = events;
  await leaveHistory(lab.state, 'orders', 4, [
    ...events,
    ...[opened, { ...opened, ...stoodDown }].map((event) => ({ ...event, epoch: 3 })),
  ]);
  await leaveHistory(lab.state, 'quiet', 1, []);
});
afterAll(async () => {
  await lab.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The command as a process of its own. */
function dbFailover(words: readonly string[], env: Record<string, string> = CREDENTIALS): Promise<Ended> {
  const { PATH = '' } = process.env;
  const options = {
    cwd: repository,
    timeout: DEADLINE_MS,
    env: { PATH, HOME: directory, AWS_EC2_METADATA_DISABLED: 'true', ...env },
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'bin/db-failover.ts', ...words],
      options,
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : (error.code ?? 'ended by a signal'), stdout, stderr });
      },
    );
  });
}

/** The same in this process, for what needs no process of its own. */
async function asked(...words: readonly string[]): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  const code = await runCommandLine(words, {
    terminal: { columns: 120, colour: false },
    print: (text) => (stdout += `${text}\n`),
    complain: (line) => (stderr += `${line}\n`),
  });
  return { code, stdout, stderr };
}
const where = () => ['--table', TABLE, '--endpoint', lab.endpoint, '--region', REGION];

describe('db-failover history, as a process', { timeout: DEADLINE_MS, concurrent: true }, () => {
  it('[invariant 8] tells a failover from its journal in the table, as a timeline', async () => {
    const { code, stdout, stderr } = await dbFailover(['history', 'orders', '--epoch', '2', ...where()]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('orders, epoch 2: failed over from db-1 to db-2');
    expect(lines[1]).toBe(
      'outage 4.400 s; since 2027-01-15 07:59:57.000 UTC, the first missed probe; execution orders-e2',
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ +0\.000 s {2}× +monitor b first missed db-1/));
    expect(lines).toContainEqual(expect.stringMatching(/^ +3\.100 s {2}─+• +epoch 2 opened to replace db-1/));
    expect(lines).toContainEqual(expect.stringMatching(/^ +4\.000 s +─?◆ +promoted db-2/));
    expect(lines).toContainEqual(expect.stringMatching(/^ +4\.400 s +─?◆ +closed: db-2 is the primary/));
    expect(lines).toContainEqual(expect.stringMatching(/^ +64\.400 s +» +fence complete/));
    expect(lines).toContain('Known at the end');
    expect(lines).toContain('  - db-3 follows db-2');
  });

  it('says in one line that the endpoint does not answer, and exits with 2', async () => {
    const words = ['history', 'orders', '--table', TABLE, '--region', REGION, '--endpoint', 'http://127.0.0.1:1'];
    expect(await dbFailover(words)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /^endpoint: received "http:\/\/127\.0\.0\.1:1", where DynamoDB does not answer \(ECONNREFUSED: .*\); start it there, or give another --endpoint\n$/,
      ),
    });
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'no region is known',
      ['--table', TABLE],
      CREDENTIALS,
      /^region: received nothing; give --region, or set AWS_REGION\n$/,
    ],
    [
      'no credentials are known',
      ['--table', TABLE, '--region', REGION],
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' },
      /^credentials: found none \(.*\); set AWS_PROFILE, or sign in\n$/,
    ],
  ])('says in one line that %s', async (_, words, env, message) => {
    const { code, stdout, stderr } = await dbFailover(['history', 'orders', ...words], env);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('finds the table by the environment', async () => {
    const env = { ...CREDENTIALS, DB_FAILOVER_TABLE: TABLE, AWS_ENDPOINT_URL: lab.endpoint, AWS_REGION: REGION };
    expect(await dbFailover(['history', 'orders'], env)).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('db-failover history', () => {
  beforeAll(() => Object.assign(process.env, CREDENTIALS));
  afterAll(() => Object.keys(CREDENTIALS).forEach((name) => delete process.env[name]));

  it('lists the latest changes, newest first', async () => {
    const { code, stdout } = await asked('history', 'orders', ...where());
    expect(code).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "cluster orders: epoch 4, db-1 is the primary, phase steady

      epoch  began                        change         end            outage
      4      -                            -              left no event  -
      3      2027-01-15 08:00:00.100 UTC  db-1 → nobody  stood down     -
      2      2027-01-15 07:59:57.000 UTC  db-1 → db-2    failed over    4.400 s
      "
    `);
  });

  it('lists no more than asked for', async () => {
    const { stdout } = await asked('history', 'orders', '--last', '1', '--json', ...where());
    expect((JSON.parse(stdout) as { changes: object[] }).changes).toEqual([{ epoch: 4, story: null }]);
  });

  it('gives the story and its events as JSON', async () => {
    const { code, stdout } = await asked('history', 'orders', '--epoch', '2', '--json', ...where());
    const { story, events } = JSON.parse(stdout) as { story: { moments: object[] }; events: object[] };
    expect(code).toBe(0);
    expect(story).toMatchObject({ ending: 'failed-over', newPrimary: 'db-2', advice: [] });
    expect(events).toEqual(await lab.state.journal('orders', 2));
  });

  it('draws the story to a file', async () => {
    const file = join(directory, 'orders.svg');
    const { code, stdout } = await asked('history', 'orders', '--epoch', '2', '--svg', file, ...where());
    expect(code).toBe(0);
    expect(stdout).toContain('failed over from db-1 to db-2');
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg [\s\S]*promoted db-2[\s\S]*<\/svg>\n$/);
  });

  it.each([
    [
      ['history', 'order'],
      'cluster: received "order", of which the table has no record; use the id that the configuration gives it',
    ],
    [['history', 'quiet'], 'cluster quiet has had no change: db-1 is its primary'],
    [['history', 'quiet', '--epoch', '2'], 'epoch: received 2; cluster quiet has had no change: db-1 is its primary'],
    [['history', 'orders', '--epoch', '1'], 'epoch: received 1, with which cluster orders began; use 2 to 4'],
    [['history', 'orders', '--epoch', '9'], 'epoch: received 9, but cluster orders is at epoch 4; use 2 to 4'],
    [
      ['history', 'orders', '--epoch', '4'],
      'epoch: received 4, whose change left no event in cluster orders; look for its execution in Step Functions',
    ],
  ])('%j has nothing to tell, says why, and exits with 1', async (words, message) => {
    expect(await asked(...words, ...where())).toEqual({ code: 1, stdout: '', stderr: `${message}\n` });
  });

  it.each([
    [[], /^command: received nothing; name one, such as: db-failover history orders$/],
    [['histroy', 'orders'], /^unknown command 'histroy'.*; see db-failover --help$/],
    [['history'], /^missing required argument 'cluster'; see db-failover --help$/],
    [['history', 'orders'], /^table: received nothing; give --table/],
    [
      ['history', 'orders', '--epoch', 'two'],
      /^option '--epoch <number>' argument 'two' is invalid\. Use a whole number of at least 1; see/,
    ],
    [['history', 'orders', '--epoch', '0'], /argument '0' is invalid/],
    [['history', 'orders', '--last', '1.5'], /^option '--last <number>' argument '1\.5' is invalid/],
    [
      ['history', 'orders', '--endpoint', 'localhost:8000'],
      /^option '--endpoint <url>' argument 'localhost:8000' is invalid\. Use a URL, such as http:/,
    ],
    [['history', 'orders', '--table', 't', '--svg', 'a.svg'], /^svg: received "a\.svg" without --epoch; give --epoch/],
    [['history', 'orders', '--tabel', 't'], /^unknown option '--tabel'.*--table/],
  ])('%j can not be used: one line says why, and it exits with 2', async (words, message) => {
    const { code, stdout, stderr } = await asked(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
  });

  it('says that the table is not there', async () => {
    const { code, stderr } = await asked('history', 'orders', ...where(), '--table', 'another');
    expect(code).toBe(2);
    expect(stderr).toBe(
      `table: received "another", which is not in ${lab.endpoint}; use the stack's output TableName\n`,
    );
  });

  it('says that a picture can not be written where it should', async () => {
    const file = join(directory, 'no-such-directory', 'a.svg');
    const { code, stderr } = await asked('history', 'orders', '--epoch', '2', '--svg', file, ...where());
    expect(code).toBe(2);
    expect(stderr).toMatch(/^svg: received ".*a\.svg", which can't be written \(ENOENT.*\); name another file\n$/);
  });

  it('explains itself', async () => {
    const { code, stdout } = await asked('history', '--help');
    expect(code).toBe(0);
    for (const word of ['--epoch', '--json', '--table', 'DB_FAILOVER_TABLE']) expect(stdout).toContain(word);
  });
});
