import { describe, expect, it } from 'vitest';
import { databaseError, endsConnection, failureOf } from '../../../lib/adapters/mysql/failure.ts';
import { DatabaseError } from '../../../lib/core/errors.ts';
import { SIGNS_OF_LIFE } from '../../../lib/core/observation.ts';

const serverError = (errno: number, text: string) => Object.assign(new Error(text), { errno });

describe('why a server gave no answer', () => {
  it.each([
    [{ code: 'ECONNREFUSED', errno: -111 }, 'refused'],
    [{ code: 'ECONNRESET', errno: -104 }, 'cut'],
    [{ code: 'EPIPE', errno: -32 }, 'cut'],
    [{ code: 'PROTOCOL_CONNECTION_LOST' }, 'cut'],
    [{ code: 'ETIMEDOUT' }, 'timeout'],
    [{ code: 'EHOSTUNREACH', errno: -113 }, 'unreachable'],
    [{ code: 'ENETUNREACH', errno: -101 }, 'unreachable'],
    [{ code: 'ER_CON_COUNT_ERROR', errno: 1040 }, 'exhausted'],
    [{ code: 'ER_TOO_MANY_USER_CONNECTIONS', errno: 1203 }, 'exhausted'],
    [{ code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 }, 'denied'],
    [{ code: 'ER_TABLEACCESS_DENIED_ERROR', errno: 1142 }, 'denied'],
    [{ code: 'ER_SPECIFIC_ACCESS_DENIED_ERROR', errno: 1227 }, 'denied'],
    [{ code: 'ER_SERVER_SHUTDOWN', errno: 1053 }, 'cut'],
    [{ code: 'ER_LOCK_WAIT_TIMEOUT', errno: 1205 }, 'sql'],
    [serverError(1290, 'The MariaDB server is running with the --read-only option so it cannot execute'), 'read-only'],
    [serverError(1290, 'The MySQL server is running with the --super-read-only option so it cannot'), 'read-only'],
    [serverError(1290, 'The MySQL server is running with the --skip-grant-tables option so it cannot'), 'sql'],
    [serverError(1836, 'Running in read-only mode'), 'read-only'],
    [serverError(1021, 'Disk full (/data/app/writes.MYI); waiting for someone to free some space'), 'full'],
    [serverError(1114, "The table 'writes' is full"), 'full'],
    [serverError(1030, 'Got error 28 "No space left on device" from storage engine InnoDB'), 'full'],
    [serverError(1026, 'Error writing file \'binlog\' (errno: 28 "No space left on device")'), 'full'],
    [serverError(1026, "Error writing file 'binlog' (Errcode: 28 - No space left on device)"), 'full'],
    [serverError(1030, 'Got error 5 "Input/output error" from storage engine InnoDB'), 'sql'],
    [{ code: 'ENOTFOUND', errno: -3008 }, 'unresolvable'],
    [{ code: 'EAI_AGAIN', errno: -3001 }, 'unresolvable'],
    [new Error('a packet out of order'), 'cut'],
    ['not even an error', 'cut'],
  ] as const)('%o is %s', (error, failure) => {
    expect(failureOf(error)).toBe(failure);
  });

  it('keeps the connection exactly where the server answered a statement', () => {
    const kept = (
      [
        'refused',
        'cut',
        'timeout',
        'unreachable',
        'exhausted',
        'denied',
        'untrusted',
        'other-server',
        'read-only',
        'full',
        'unresolvable',
        'sql',
      ] as const
    ).filter((failure) => !endsConnection(failure));
    expect(kept).toEqual(['denied', 'read-only', 'full', 'sql']);
    expect(SIGNS_OF_LIFE).toEqual(expect.arrayContaining(kept));
  });

  it('is told with what was being done, and keeps its cause', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const error = databaseError(cause, 'connecting to db-1');
    expect(error).toMatchObject({ failure: 'refused', message: 'connecting to db-1: connect ECONNREFUSED', cause });
    expect(databaseError(error, 'again')).toBe(error);
    expect(error).toBeInstanceOf(DatabaseError);
  });
});
