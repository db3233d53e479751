/**
 * Looks for a program the way a shell does.
 *
 * @module
 */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Where system administrators' programs live; often missing from an ordinary user's PATH. */
const administratorDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** `searchPath` followed by the directories where servers and network tools are installed. */
export function fullSearchPath(searchPath = process.env['PATH'] ?? ''): string {
  const directories = searchPath.split(path.delimiter).filter((part) => part !== '');
  return [...directories, ...administratorDirectories].join(path.delimiter);
}

/** The absolute path of `name`, searched on PATH and then where servers are installed. */
export function findOnPath(name: string, searchPath?: string): string | undefined {
  const directories = fullSearchPath(searchPath).split(path.delimiter);
  return directories.map((directory) => path.join(directory, name)).find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
