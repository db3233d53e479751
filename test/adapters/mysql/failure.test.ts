import { describe, expect, it } from 'vitest';
import { databaseError, endsConnection, failureOf } from '../../../lib/adapters/mysql/failure.ts';
import { DatabaseError } from '../../../lib/core/errors.ts';
import { SIGNS_OF_LIFE } from '../../../lib/core/observation.ts';

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
    [{ code: 'ER_OPTION_PREVENTS_STATEMENT', errno: 1290 }, 'sql'],
    [new Error('a packet out of order'), 'cut'],
    ['not even an error', 'cut'],
  ] as const)('%o is %s', (error, failure) => {
    expect(failureOf(error)).toBe(failure);
  });

  it('keeps the connection exactly where the server answered a statement', () => {
    const kept = (['refused', 'cut', 'timeout', 'unreachable', 'exhausted', 'denied', 'sql'] as const).filter(
      (failure) => !endsConnection(failure),
    );
    expect(kept).toEqual(['denied', 'sql']);
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
