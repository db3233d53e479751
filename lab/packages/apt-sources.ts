/**
 * Reads and writes apt's lists of sources, in both of their formats, so that packages come from the mirror that this
 * machine already uses and are verified by the keys that it already trusts.
 *
 * @module
 */

/** One mirror and one suite of it. */
export interface AptSource {
  readonly uri: string;
  /** A release's code name with an optional pocket: `bookworm`, `bookworm-security`, `sid`. */
  readonly suite: string;
  readonly components: readonly string[];
  /** Path of the keyring, or fingerprints, that the repository must be signed by. Absent: apt's own trusted keys. */
  readonly signedBy?: string;
}

/** Parses the one-line format of `sources.list`. Lines that are not binary sources are left out. */
export function parseSourcesList(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const line of text.split('\n')) {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    const [, options = '', uri, suite, components = ''] = match ?? [];
    if (uri === undefined || suite === undefined) continue;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    sources.push({ uri, suite, components: words(components), ...(signedBy !== undefined && { signedBy }) });
  }
  return sources;
}

/** Parses the deb822 format of `*.sources`. Disabled stanzas and stanzas with an inline key are left out. */
export function parseDeb822(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const stanza of text.split(/\n[ \t]*\n/)) {
    const fields = stanzaFields(stanza);
    if (!words(fields.get('types')).includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') continue;
    const signedBy = fields.get('signed-by');
    if (signedBy?.includes('BEGIN PGP') === true) continue;
    for (const uri of words(fields.get('uris'))) {
      for (const suite of words(fields.get('suites'))) {
        const components = words(fields.get('components'));
        sources.push({ uri, suite, components, ...(signedBy !== undefined && { signedBy }) });
      }
    }
  }
  return sources;
}

/** The sources that make up a release: its own suite and its update and security pockets. Third parties are left out. */
export function sourcesOfRelease(sources: readonly AptSource[], codename: string): AptSource[] {
  const pockets = [codename, `${codename}-updates`, `${codename}-security`];
  return sources.filter(({ suite }) => pockets.includes(suite)).map(onlyOpenComponents);
}

/** The same mirror with another release, as `sid` next to `bookworm`; nothing when no source serves `codename`. */
export function sourcesOfOtherRelease(sources: readonly AptSource[], codename: string, other: string): AptSource[] {
  const main = sources.find(({ suite }) => suite === codename);
  return main === undefined ? [] : [onlyOpenComponents({ ...main, suite: other })];
}

/** Renders the one-line format. */
export function renderSourcesList(sources: readonly AptSource[]): string {
  return sources
    .map(({ uri, suite, components, signedBy }) => {
      const options = signedBy === undefined ? '' : `[signed-by=${words(signedBy).join(',')}] `;
      return `deb ${options}${uri} ${suite} ${components.join(' ')}\n`;
    })
    .join('');
}

function onlyOpenComponents(source: AptSource): AptSource {
  return { ...source, components: source.components.filter((name) => name === 'main' || name === 'universe') };
}

function stanzaFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let key = '';
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const [, name, value = ''] = /^([A-Za-z][\w-]*):(.*)$/.exec(line) ?? [];
    if (name !== undefined) key = name.toLowerCase();
    const text = name === undefined ? line : value;
    if (key !== '') fields.set(key, `${fields.get(key) ?? ''}\n${text}`.trim());
  }
  return fields;
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
