/**
 * Which distribution this machine runs, and so which release its mirrors serve.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';

export interface Release {
  /** `debian`, `ubuntu`, `fedora`, …; empty when the machine does not say. */
  readonly id: string;
  /** `bookworm`, `noble`, …; empty when the machine does not say. */
  readonly codename: string;
}

/** Reads os-release(5). */
export async function readRelease(file = '/etc/os-release'): Promise<Release> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const field = (name: string): string => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
  return { id: field('ID'), codename: field('VERSION_CODENAME') };
}
