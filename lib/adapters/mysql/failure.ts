/**
 * Sorts what goes wrong with a connection by whether the server showed a sign of life: monitors vote on it.
 *
 * @module
 */
import { DatabaseError, messageOf } from '../../core/errors.ts';
import type { Failure } from '../../core/observation.ts';

/** Errors of the network, by the code that Node or the driver gives. */
const NETWORK: Readonly<Record<string, Failure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'cut',
  EPIPE: 'cut',
  ECONNABORTED: 'cut',
  PROTOCOL_CONNECTION_LOST: 'cut',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOTFOUND: 'unresolvable',
  EAI_NONAME: 'unresolvable',
  EAI_NODATA: 'unresolvable',
  EAI_AGAIN: 'unresolvable',
};

/** Errors that a server answers, by number. Any other is `sql`. */
const SERVER: Readonly<Record<number, Failure>> = {
  1040: 'exhausted', // too many connections
  1203: 'exhausted', // too many connections of this user
  1226: 'exhausted', // a resource limit of this user
  1044: 'denied', // access to the database
  1045: 'denied', // user or password
  1129: 'denied', // host blocked after many connection errors
  1130: 'denied', // host not allowed
  1142: 'denied', // privilege on a table
  1143: 'denied', // privilege on a column
  1227: 'denied', // administrative privilege
  1370: 'denied', // privilege on a routine
  1698: 'denied', // no password given
  1820: 'denied', // password must be changed
  1862: 'denied', // password expired
  3032: 'denied', // offline mode
  3630: 'denied', // persisting variables (MySQL)
  3118: 'denied', // account locked (MySQL)
  4151: 'denied', // account locked (MariaDB)
  1053: 'cut', // server is shutting down
  1152: 'cut', // connection aborted
  1927: 'cut', // connection killed (MariaDB)
  3169: 'cut', // session killed (MySQL)
  4031: 'cut', // disconnected after inactivity (MySQL)
  1836: 'read-only', // the server, or InnoDB
  1021: 'full', // disk
  1114: 'full', // table space
};
/** Prevented by an option; which one, only the text says. */
const ER_OPTION_PREVENTS_STATEMENT = 1290;
/** The storage engine's or the file system's own error stands in the text. */
const FROM_BELOW: readonly number[] = [1026, 1030];
const ENOSPC = 28;

/** Why a server gave no answer, from what the driver threw. */
export function failureOf(error: unknown): Failure {
  const number = property(error, 'errno');
  if (typeof number === 'number' && number > 0) return SERVER[number] ?? toldByText(number, messageOf(error));
  const code = property(error, 'code');
  // A driver's own error, such as a packet out of order: the connection can't be used any more.
  return (typeof code === 'string' ? NETWORK[code] : undefined) ?? 'cut';
}

function toldByText(number: number, text: string): Failure {
  if (number === ER_OPTION_PREVENTS_STATEMENT && /read-only/i.test(text)) return 'read-only';
  // `Got error 28 "No space left on device" from storage engine`, `… (Errcode: 28 "No space …")`
  if (FROM_BELOW.includes(number) && new RegExp(`(error|errno|Errcode):? ${ENOSPC}\\b`, 'i').test(text)) return 'full';
  return 'sql';
}

/** Whether the connection is gone with the error, rather than ready for the next statement. */
export function endsConnection(failure: Failure): boolean {
  return !['sql', 'denied', 'read-only', 'full'].includes(failure);
}

/** A `DatabaseError` whose message names the server and what it was asked. */
export function databaseError(error: unknown, doing: string): DatabaseError {
  if (error instanceof DatabaseError) return error;
  return new DatabaseError(failureOf(error), `${doing}: ${messageOf(error)}`, { cause: error });
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
