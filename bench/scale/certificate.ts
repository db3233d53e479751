/**
 * A CA of the bench's own, and one certificate for every node: monitors check who signed it, not whom it names.
 *
 * @module
 */
import { webcrypto } from 'node:crypto';

export interface ServerCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

export async function certificateFor(): Promise<ServerCertificate> {
  // The library that makes certificates needs this one to be there before it.
  await import('reflect-metadata');
  const {
    BasicConstraintsExtension,
    cryptoProvider,
    KeyUsageFlags,
    KeyUsagesExtension,
    PemConverter,
    X509CertificateGenerator,
  } = await import('@peculiar/x509');
  cryptoProvider.set(webcrypto);
  const { subtle } = webcrypto;
  const [caKeys, keys] = await Promise.all([
    subtle.generateKey(CURVE, true, ['sign', 'verify']),
    subtle.generateKey(CURVE, true, ['sign', 'verify']),
  ]);
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS) };
  const ca = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=scale bench',
    keys: caKeys,
    signingAlgorithm: SIGNING,
    ...validity,
    extensions: [new BasicConstraintsExtension(true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign)],
  });
  const cert = await X509CertificateGenerator.create({
    subject: 'CN=node',
    issuer: ca.subject,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: SIGNING,
    ...validity,
  });
  const pkcs8 = await subtle.exportKey('pkcs8', keys.privateKey);
  return { ca: ca.toString('pem'), cert: cert.toString('pem'), key: PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}
