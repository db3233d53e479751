import { describe, expect, it } from 'vitest';
import { type ServerSettings, renderServerConfig } from '../../../lab/mysql/server-config.ts';
import type { Engine } from '../../../lab/packages/engine-build.ts';

function config(engine: Engine, changes: Partial<ServerSettings> = {}): string[] {
  const server = { command: '/bin/server', leadingArgs: [] };
  return renderServerConfig({
    build: { engine, version: '1.2.3', origin: 'path', server, locationOptions: { 'plugin-dir': '/p' } },
    serverId: 7,
    directory: '/run/lab/db-a',
    listen: { host: '0.0.0.0', port: 3306 },
    reported: { address: '10.42.1.11', port: 3306 },
    semiSync: true,
    tls: false,
    ...changes,
  }).split('\n');
}

describe('the options of a server', () => {
  it('make it boot read-only and identify itself', () => {
    expect(config('mariadb')).toEqual(expect.arrayContaining(['read-only=ON', 'server-id=7', 'plugin-dir=/p']));
    expect(config('mysql')).toEqual(expect.arrayContaining(['read-only=ON', 'super-read-only=ON', 'server-id=7']));
  });

  it('make a primary wait for acknowledgements as long as it takes, before others see the row', () => {
    expect(config('mariadb')).toEqual(
      expect.arrayContaining([
        'rpl-semi-sync-master-timeout=18446744073709551615',
        'rpl-semi-sync-master-wait-point=AFTER_SYNC',
        'rpl-semi-sync-master-wait-no-slave=ON',
        'rpl-semi-sync-slave-enabled=ON',
      ]),
    );
    expect(config('mysql')).toEqual(
      expect.arrayContaining([
        'rpl-semi-sync-source-timeout=4294967295',
        'rpl-semi-sync-source-wait-point=AFTER_SYNC',
        'rpl-semi-sync-source-wait-no-replica=ON',
        'rpl-semi-sync-replica-enabled=ON',
      ]),
    );
  });

  it.each(['mariadb', 'mysql'] as const)(
    'never turn the source side on for %s: a replica would stop applying',
    (engine) => {
      expect(config(engine).filter((line) => /(master|source)-enabled/.test(line))).toEqual([]);
    },
  );

  it.each(['mariadb', 'mysql'] as const)('say nothing of semi-sync to %s without it', (engine) => {
    expect(config(engine, { semiSync: false }).filter((line) => line.includes('semi-sync'))).toEqual([]);
  });
});
