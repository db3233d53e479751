import { describe, expect, it } from 'vitest';
import { isNewerSeries, seriesOf } from '../../../lib/core/election/release-series.ts';

describe('a replica', () => {
  it.each([
    ['8.0.45', '8.0.23'],
    ['8.0.23', '8.0.45'],
    ['8.0.45', '8.4.3'],
    ['8.4.3', '9.7.4'],
    ['9.1.0', '9.7.4'],
    ['10.11.19-MariaDB-log', '10.11.6-MariaDB'],
    ['10.6.25-MariaDB', '10.11.6-MariaDB'],
    ['10.11.19-MariaDB', '11.4.2-MariaDB'],
    ['of old', 'of old'],
  ])('can follow a source of version %s with %s', (source, follower) => {
    expect(isNewerSeries(source, follower)).toBe(false);
  });

  it.each([
    ['8.4.3', '8.0.45'],
    ['9.7.4', '8.4.3'],
    ['9.7.4', '9.1.0'],
    ['10.11.6-MariaDB', '10.6.25-MariaDB'],
    ['11.4.2-MariaDB', '10.11.19-MariaDB'],
    ['12.0.1', '11.8.2'],
    ['unknown', '8.0.45'],
    ['8.0.45', 'unknown'],
  ])('can not follow a source of version %s with %s', (source, follower) => {
    expect(isNewerSeries(source, follower)).toBe(true);
  });
});

describe('a release series', () => {
  it.each([
    ['10.11.19-MariaDB-log', '10.11'],
    ['8.0.45', '8.0'],
    ['9.7.4-cloud', '9.7'],
    ['unknown', 'unknown'],
    ['release 10.11', 'release 10.11'],
  ])('of %s is %s', (version, series) => {
    expect(seriesOf(version)).toBe(series);
  });
});
