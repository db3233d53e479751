import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { okPayload, packet } from '../../../bench/scale/packets.ts';
import { fileOf, loadRecording } from '../../../bench/scale/recording.ts';
import { connect } from '../../../lib/adapters/mysql/connect.ts';
import { DatabaseError } from '../../../lib/core/errors.ts';
import type { DatabaseTarget } from '../../../lib/ports/database.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function serverThat(onConnection: (socket: Socket) => void): Promise<DatabaseTarget> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  });
  return {
    nodeId: 'db-1',
    engine: 'mariadb',
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    credentials: { username: 'monitor', password: 'secret' },
    tls: { mode: 'off' },
    timeoutMs: 1_000,
  };
}

const GREETING = packet(0, Buffer.from(loadRecording(fileOf('mariadb')).greeting, 'base64'));
const letsIn = (socket: Socket) => {
  socket.write(GREETING);
  socket.once('data', () => socket.write(packet(2, okPayload())));
};

async function login(target: DatabaseTarget, timeoutMs: number): Promise<'in' | DatabaseError> {
  try {
    const { driver } = await connect(target, timeoutMs);
    open.push({ close: () => driver.destroy() });
    return 'in';
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  }
}

describe('connect', () => {
  it('lets hundreds in that come at once, a few at a time', async () => {
    let atOnce = 0;
    let most = 0;
    const target = await serverThat((socket) => {
      socket.write(GREETING);
      socket.once('data', () => {
        most = Math.max(most, (atOnce += 1));
        setTimeout(() => {
          atOnce -= 1;
          socket.write(packet(2, okPayload()));
        }, 5);
      });
    });
    const outcomes = await Promise.all(Array.from({ length: 300 }, () => login(target, 1_000)));
    expect(outcomes.filter((each) => each !== 'in')).toEqual([]);
    expect(most).toBeLessThanOrEqual(32);
  });

  it('holds nobody up for servers that accept and never speak', async () => {
    const mute = await serverThat(() => {});
    const target = await serverThat(letsIn);
    const inVain = Promise.all(Array.from({ length: 500 }, () => login(mute, 300)));
    const first = await Promise.race([inVain, login(target, 500)]);
    expect(first).toBe('in');
    const [failed] = await inVain;
    expect(failed).toMatchObject({ failure: 'unanswered' });
  });

  it('gives up a server that falls silent while it logs in, and holds nobody up for longer than a turn', async () => {
    const faltering = await serverThat((socket) => void socket.write(GREETING));
    const target = await serverThat(letsIn);
    const inVain = Promise.all(Array.from({ length: 40 }, () => login(faltering, 900)));
    const first = await Promise.race([inVain, login(target, 500)]);
    expect(first).toBe('in');
    for (const failed of await inVain) {
      expect(failed).toMatchObject({
        failure: 'unanswered',
        message: expect.stringContaining('accepted, but not answered, within 900 ms') as string,
      });
    }
  });

  it('says that a server which is not there refused', async () => {
    const target = await serverThat(letsIn);
    for (const each of open.splice(0)) await each.close();
    expect(await login(target, 500)).toMatchObject({ failure: 'refused' });
  });

  it('hears of a server that ends the connection instead of speaking', async () => {
    const target = await serverThat((socket) => socket.end());
    expect(await login(target, 500)).toMatchObject({ failure: 'cut' });
  });

  it('hears of a server that resets the connection after its greeting', async () => {
    const target = await serverThat((socket) => {
      socket.write(Buffer.from([1]), () => socket.resetAndDestroy());
    });
    expect(await login(target, 500)).toMatchObject({ failure: 'cut' });
  });
});
