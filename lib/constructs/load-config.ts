/**
 * Reads a configuration file.
 *
 * @module
 */
import { readFileSync } from 'node:fs';

import { parse, YAMLParseError } from 'yaml';

import { ConfigError, parseConfig, type Config } from '../core/config.ts';

/**
 * Reads a YAML file, checks it and fills in the defaults. Messages name the file as `path` does.
 *
 * @throws ConfigError when there is no such file, when it is no YAML (with line and column), and for every wrong field
 */
export function loadConfig(path: string): Config {
  return parseConfig(parseYaml(read(path), path), path);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is no such file' : String(error);
    throw new ConfigError([`${reason}; name a readable YAML file, such as examples/orders.yaml`], path);
  }
}

function parseYaml(text: string, path: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    // The library's message is a sentence with line and column, then a picture of the line.
    const [sentence = error.code, ...picture] = error.message.trimEnd().split('\n');
    const lines = [
      `not valid YAML: ${sentence.replace(/:$/, '')}; correct that line`,
      ...picture.filter((line) => line !== ''),
    ];
    throw new ConfigError([lines.join('\n    ')], path);
  }
}
