import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createConnection, type Connection } from 'mysql2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packet, rowPayload } from '../../../bench/scale/packets.ts';
import { fileOf, loadRecording } from '../../../bench/scale/recording.ts';
import { serve } from '../../../bench/scale/session.ts';
import { reuseColumns } from '../../../lib/adapters/mysql/known-columns.ts';

const EOF = Buffer.from([0xfe, 0, 0, 2, 0]);

let server: Server;
let connection: Connection;
/** What the server answers next: names of columns, and one row. */
let answer: Readonly<Record<string, string>> = {};

beforeEach(async () => {
  const { greeting, clientFlags } = loadRecording(fileOf('mariadb'));
  server = createServer((socket) =>
    serve(
      socket,
      {
        greeting: Buffer.from(greeting, 'base64'),
        clientFlags,
        answers: new Map('ABCDE'.split('').map((name) => [`SHOW ${name}`, { at: answered }])),
        moment: () => ({ primary: '', sequence: 0, heartbeats: 0, nowMs: 0, uptimeSeconds: 0 }),
        onUnknown: (statement) => expect.fail(statement),
      },
      null,
    ),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  connection = createConnection({ host: '127.0.0.1', port, user: 'monitor' });
});

afterEach(async () => {
  connection.destroy();
  await new Promise<void>((closed) => server.close(() => closed()));
});

function answered(): Buffer {
  const names = Object.keys(answer);
  const payloads = [
    Buffer.from([names.length]),
    ...names.map((name) =>
      // Catalog, schema, table and its own name, the column's and its own; then nothing that only MariaDB says, utf8mb4,
      // the width, text, no flags.
      Buffer.concat([
        rowPayload(['def', '', '', '', name, name]),
        Buffer.from([0, 12, 45, 0, 64, 0, 0, 0, 253, 0, 0, 0, 0, 0]),
      ]),
    ),
    EOF,
    rowPayload(Object.values(answer)),
    EOF,
  ];
  return Buffer.concat(payloads.map((payload, index) => packet(index + 1, payload)));
}

async function ask(statement: string): Promise<{ rows: unknown; columns: unknown }> {
  return await new Promise((resolve, reject) => {
    const query = connection.query(statement, (error: unknown, rows: unknown, columns: unknown) =>
      error === null ? resolve({ rows, columns }) : reject(error),
    );
    reuseColumns(query, statement);
  });
}

describe('reuseColumns', () => {
  it('takes the columns that the same bytes described before', async () => {
    answer = { Host: 'db-1', State: 'well' };
    const first = await ask('SHOW A');
    answer = { Host: 'db-2', State: 'ill' };
    const second = await ask('SHOW A');

    expect(first.rows).toEqual([{ Host: 'db-1', State: 'well' }]);
    expect(second.rows).toEqual([{ Host: 'db-2', State: 'ill' }]);
    expect(second.columns).toBe(first.columns);
  });

  it('describes columns anew when another server names as many of them otherwise', async () => {
    answer = { Master_Host: 'db-1', Slave: 'on' };
    await ask('SHOW B');
    answer = { Source_Host: 'db-1', Slave: 'on' };
    expect((await ask('SHOW B')).rows).toEqual([{ Source_Host: 'db-1', Slave: 'on' }]);
    answer = { Slave: 'on', Source_Host: 'db-1' };
    expect((await ask('SHOW B')).rows).toEqual([{ Slave: 'on', Source_Host: 'db-1' }]);
  });

  it('describes columns anew when there are more or fewer of them', async () => {
    answer = { a: '1', b: '2' };
    await ask('SHOW C');
    answer = { a: '1', b: '2', c: '3' };
    expect((await ask('SHOW C')).rows).toEqual([{ a: '1', b: '2', c: '3' }]);
    answer = { a: '1' };
    expect((await ask('SHOW C')).rows).toEqual([{ a: '1' }]);
  });

  it('keeps statements apart, though their columns be the same', async () => {
    answer = { a: '1' };
    const { columns } = await ask('SHOW D');
    expect((await ask('SHOW E')).columns).not.toBe(columns);
  });
});
