import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEngine } from '../../../lab/packages/find-engine.ts';

const mariadbVersion = 'mysqld  Ver 10.11.6-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)';
const mysqlVersion = '/usr/sbin/mysqld  Ver 8.4.2 for Linux on x86_64 (MySQL Community Server - GPL)';

describe('finding a database server', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'lab-engine-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  async function program(name: string, version: string): Promise<string> {
    const file = path.join(directory, name);
    await writeFile(file, `#!/bin/sh\necho '${version}'\n`);
    await chmod(file, 0o755);
    return file;
  }

  it('prefers the one that the environment names', async () => {
    const file = await program('my-own-build', mysqlVersion);
    await program('mysqld', mysqlVersion);
    const build = await findEngine('mysql', { env: { DB_FAILOVER_MYSQLD: file, PATH: `${directory}:/bin` } });
    expect(build).toMatchObject({
      version: '8.4.2',
      origin: 'environment',
      server: { command: file, leadingArgs: [] },
    });
  });

  it('takes one on PATH by its version, for a program called mysqld may be of either engine', async () => {
    const file = await program('mysqld', mariadbVersion);
    const build = await findEngine('mariadb', { env: { PATH: `${directory}:/bin` } });
    expect(build).toMatchObject({ engine: 'mariadb', version: '10.11.6', origin: 'path', server: { command: file } });
  });

  it('refuses a named file that is not a program, and a program of the other engine', async () => {
    await expect(findEngine('mysql', { env: { DB_FAILOVER_MYSQLD: '/nowhere/mysqld' } })).rejects.toThrow(
      'DB_FAILOVER_MYSQLD=/nowhere/mysqld is not a program',
    );
    const file = await program('mariadbd', mariadbVersion);
    await expect(findEngine('mysql', { env: { DB_FAILOVER_MYSQLD: file } })).rejects.toThrow('not a MySQL server');
  });
});
