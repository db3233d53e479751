import { describe, expect, it } from 'vitest';
import { replicaStatusOf } from '../../../lib/adapters/mysql/replica-status.ts';

const MARIADB = { source: 'Master', replica: 'Slave' } as const;
const MYSQL = { source: 'Source', replica: 'Replica' } as const;
const rest = { received: '0-1-7', heartbeats: 3, semiSync: true };

describe('the status of a replica', () => {
  it('means the same in the words of both engines', () => {
    const expected = {
      sourceHost: '10.0.0.1',
      sourcePort: 3306,
      receiver: 'receiving',
      applier: 'applying',
      received: '0-1-7',
      heartbeats: 3,
      lagSeconds: 2,
      semiSync: true,
      filters: [],
      lastError: null,
    };
    for (const words of [MARIADB, MYSQL]) {
      const row = {
        [`${words.source}_Host`]: '10.0.0.1',
        [`${words.source}_Port`]: '3306',
        [`${words.replica}_IO_Running`]: 'Yes',
        [`${words.replica}_SQL_Running`]: 'Yes',
        [`Seconds_Behind_${words.source}`]: '2',
        Replicate_Do_DB: '',
        Last_SQL_Error: '',
        Last_IO_Error: '',
      };
      expect(replicaStatusOf(row, { words, ...rest })).toEqual(expected);
    }
  });

  it.each([
    ['Yes', 'receiving'],
    ['Connecting', 'connecting'],
    ['Preparing', 'connecting'],
    ['No', 'stopped'],
  ] as const)('calls a receiver that says %s %s', (Slave_IO_Running, receiver) => {
    expect(replicaStatusOf({ Slave_IO_Running }, { words: MARIADB, ...rest }).receiver).toBe(receiver);
  });

  it('has no lag while the server knows none', () => {
    expect(replicaStatusOf({ Seconds_Behind_Source: null }, { words: MYSQL, ...rest }).lagSeconds).toBeNull();
  });

  it('names each filter that is set with what it says, and tells the applier error first', () => {
    const row = {
      Replicate_Do_DB: 'app',
      Replicate_Ignore_DB: '',
      Replicate_Wild_Ignore_Table: 'tmp.%',
      Last_SQL_Error: 'duplicate key',
      Last_IO_Error: 'lost',
    };
    expect(replicaStatusOf(row, { words: MYSQL, ...rest })).toMatchObject({
      filters: ['Replicate_Do_DB: app', 'Replicate_Wild_Ignore_Table: tmp.%'],
      lastError: 'duplicate key',
    });
  });
});
