/**
 * The lab's own certificate authority, which exists as long as who made it: what it signs is worthless elsewhere.
 *
 * @module
 */
import { createHash, randomBytes, webcrypto } from 'node:crypto';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const YEAR_MS = 365 * 24 * 3_600_000;

export interface Certificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** Who signed it. */
  readonly caPem: string;
}

/** What a certificate says. Names are host names or IPv4 addresses. */
export interface Subject {
  readonly names: readonly string[];
  /** In epoch milliseconds; by default it is valid for a year, from a day ago. */
  readonly notAfterMs?: number;
}

export interface CertificateAuthority {
  readonly caPem: string;
  issue(subject: Subject): Promise<Certificate>;
}

/**
 * @example
 * const authority = await certificateAuthority();
 * const { certificatePem, keyPem } = await authority.issue({ names: ['10.0.1.11'] });
 */
export async function certificateAuthority(notAfterMs = Date.now() + YEAR_MS): Promise<CertificateAuthority> {
  // The library needs it to be there first.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const crypto = webcrypto;
  x509.cryptoProvider.set(crypto);
  const own = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    // Two of one name could not be told apart in an error.
    name: `CN=lab ${createHash('sha256').update(randomBytes(8)).digest('hex').slice(0, 8)}`,
    notBefore: new Date(Math.min(Date.now(), notAfterMs) - YEAR_MS),
    notAfter: new Date(notAfterMs),
    keys: own,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const caPem = ca.toString('pem');
  return {
    caPem,
    async issue({ names, notAfterMs = Date.now() + YEAR_MS }) {
      const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const certificate = await x509.X509CertificateGenerator.create({
        subject: `CN=${names[0] ?? 'nobody'}`,
        issuer: ca.subject,
        notBefore: new Date(Math.min(Date.now(), notAfterMs) - YEAR_MS),
        notAfter: new Date(notAfterMs),
        publicKey: keys.publicKey,
        signingKey: own.privateKey,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: /^\d+(\.\d+){3}$/.test(value) ? 'ip' : 'dns', value })),
          ),
        ],
      });
      const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
      const keyPem = x509.PemConverter.encode(key, 'PRIVATE KEY');
      return { certificatePem: `${certificate.toString('pem')}\n`, keyPem: `${keyPem}\n`, caPem };
    },
  };
}
