import { describe, expect, it } from 'vitest';
import {
  parseDeb822,
  parseSourcesList,
  renderSourcesList,
  sourcesOfOtherRelease,
  sourcesOfRelease,
} from '../../../lab/packages/apt-sources.ts';

const deb822 = `Types: deb deb-src
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
 contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: http://other.example/repo
Suites: bookworm
Components: main
`;

describe('apt sources', () => {
  it('are read from deb822 stanzas: one for each suite, without sources of source code and what is disabled', () => {
    const common = {
      uri: 'http://mirror.example/debian',
      components: ['main', 'contrib'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    };
    expect(parseDeb822(deb822)).toEqual([
      { ...common, suite: 'bookworm' },
      { ...common, suite: 'bookworm-updates' },
    ]);
  });

  it('are read from one-line lists, with options and comments', () => {
    const list = `# deb http://commented.example x main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/ubuntu noble main universe # why
deb-src http://mirror.example/ubuntu noble main
deb http://mirror.example/ubuntu noble-security main
`;
    expect(parseSourcesList(list)).toEqual([
      { uri: 'http://mirror.example/ubuntu', suite: 'noble', components: ['main', 'universe'], signedBy: '/k.gpg' },
      { uri: 'http://mirror.example/ubuntu', suite: 'noble-security', components: ['main'] },
    ]);
  });

  it('of a release are its own pockets, and leave out third parties and closed components', () => {
    const sources = [
      { uri: 'u', suite: 'bookworm', components: ['main', 'non-free'] },
      { uri: 'v', suite: 'bookworm-security', components: ['main'] },
      { uri: 'w', suite: 'nodistro', components: ['main'] },
      { uri: 'x', suite: 'bookworm-backports', components: ['main'] },
    ];
    expect(sourcesOfRelease(sources, 'bookworm').map(({ uri, components }) => [uri, ...components])).toEqual([
      ['u', 'main'],
      ['v', 'main'],
    ]);
  });

  it('of another release keep the mirror and the keyring', () => {
    const sources = parseDeb822(deb822);
    expect(renderSourcesList(sourcesOfOtherRelease(sources, 'bookworm', 'sid'))).toBe(
      'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian sid main\n',
    );
    expect(sourcesOfOtherRelease(sources, 'noble', 'sid')).toEqual([]);
  });
});
