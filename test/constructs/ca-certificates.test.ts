import { beforeAll, describe, expect, it } from 'vitest';
import { literalConfig } from '../../lib/constructs/literal-config.ts';
import { certificateAuthority } from '../../lab/mysql/certificates.ts';
import { configInput } from '../fakes/example-config.ts';

describe('the CA of a cluster, at synth,', () => {
  let [valid, expired] = ['', ''];
  beforeAll(async () => {
    valid = (await certificateAuthority()).caPem;
    expired = (await certificateAuthority(Date.UTC(2024, 1, 29))).caPem;
  });
  const synth = (ca: string) => () => literalConfig(configInput({ tls: { ca } }));

  it('may hold certificates that have expired beside one that is valid', () => {
    for (const ca of [valid, `${expired}\n${valid}`]) expect(synth(ca)).not.toThrow();
  });

  it('is refused when nobody can read it, by its place', () => {
    const torn = valid.replace(/[A-Za-z0-9]{40}/, '');
    expect(synth(`${valid}\n${torn}`)).toThrow("clusters[0].tls.ca: certificate 2 of 2 can't be read");
  });

  it('is refused when all of it has expired, with the date', () => {
    expect(synth(expired)).toThrow('clusters[0].tls.ca: received certificates of which the last expired at 2024-02-29');
  });

  it('is not looked at where TLS is off', () => {
    expect(() => literalConfig(configInput({ tls: { mode: 'off', ca: expired } }))).not.toThrow();
  });
});
