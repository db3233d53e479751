/**
 * Whether a CA text of the configuration can vouch for anybody: at synth, where it is still cheap to find out.
 *
 * @module
 */
import { X509Certificate } from 'node:crypto';
import type { Config } from '../core/config.ts';

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * One sentence for each `tls.ca` that holds what is no certificate, or only ones that have expired.
 *
 * @param nowMs in epoch milliseconds
 */
export function caProblems(config: Config, nowMs: number): readonly string[] {
  return config.clusters.flatMap(({ tls }, index) => {
    if (tls.mode === 'off' || tls.ca === 'rds') return [];
    const field = `clusters[${index}].tls.ca`;
    const certificates = (tls.ca.match(PEM) ?? []).map(certificateOf);
    const unreadable = certificates.indexOf(null);
    if (unreadable !== -1) {
      return [`${field}: certificate ${unreadable + 1} of ${certificates.length} can't be read; copy it again, whole`];
    }
    const endsMs = certificates.map((each) => (each === null ? 0 : new Date(each.validTo).getTime()));
    const lastMs = Math.max(...endsMs);
    if (lastMs > nowMs) return [];
    const ended = new Date(lastMs).toISOString();
    return [`${field}: received certificates of which the last expired at ${ended}; give the ones that vouch now`];
  });
}

function certificateOf(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}
