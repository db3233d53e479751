/**
 * Which server may follow which, by version. A replica can follow a source of an equal or older release series, never of
 * a newer one: both engines promise the one and not the other. The series is major.minor on both: MySQL 8.0, 8.4, 9.7
 * (each innovation release is one of its own), MariaDB 10.11, 11.4. Patch releases follow each other either way.
 *
 * @module
 */

/** `10.11` of `10.11.19-MariaDB-log`; the whole text when it has no such form. */
export function seriesOf(version: string): string {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version;
}

/** Whether a replica of version `replica` could not follow a source of version `source`. Unclear is: could not. */
export function isNewerSeries(source: string, replica: string): boolean {
  const [a, b] = [seriesOf(source), seriesOf(replica)];
  if (a === b) return false;
  const [major = NaN, minor = NaN] = a.split('.').map(Number);
  const [otherMajor = NaN, otherMinor = NaN] = b.split('.').map(Number);
  const isOlder = major < otherMajor || (major === otherMajor && minor < otherMinor);
  return !isOlder;
}
