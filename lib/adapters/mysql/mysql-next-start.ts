/**
 * What the next start of a MySQL server will find in its variables, as far as the running one shows it.
 *
 * Persisted values win over option files, so they are asked first. Where nothing is persisted, a value that still is
 * what the last start found in a file is found there again; one that SQL has set since says nothing of the next start.
 *
 * @module
 */
import type { BootsReadOnly } from '../../core/boots-read-only.ts';
import { isOn, type Settings } from './settings.ts';

export const READ_ONLY = ['super_read_only', 'read_only'];

/** Where a value comes from, as `variables_info` says it, when an option file has it. */
const FILES: ReadonlySet<string> = new Set(['GLOBAL', 'SERVER', 'EXPLICIT', 'EXTRA']);
/** No file and no statement says anything of it. */
const DEFAULT = 'COMPILED';

/** Whether it will come up read-only; for that, either of the two variables is enough. */
export function bootsReadOnly(settings: Settings): BootsReadOnly {
  const [superReadOnly, readOnly] = READ_ONLY.map((name) => persisted(settings, name));
  // With `super_read_only = ON` beside it the later of the two wins, and which it is does not show here.
  if (readOnly !== undefined && !isOn(readOnly)) return false;
  if ([superReadOnly, readOnly].some((value) => value !== undefined && isOn(value))) return true;
  return asLastStart(settings, superReadOnly === undefined ? READ_ONLY : ['read_only']);
}

/** Whether it will find every one of these variables as they are now. */
export function survivesRestart(settings: Settings, names: readonly string[]): boolean {
  return names.every((name) => {
    const value = persisted(settings, name);
    if (value !== undefined) return value === settings.variable(name);
    return FILES.has(originOf(settings, name));
  });
}

/** True when one of the variables is on since the last start, false when all are off since then. */
function asLastStart(settings: Settings, names: readonly string[]): BootsReadOnly {
  const origins = names.map((name) => ({ on: settings.isOn(name), origin: originOf(settings, name) }));
  if (origins.some(({ on, origin }) => on && FILES.has(origin))) return true;
  return origins.every(({ on, origin }) => !on && (origin === DEFAULT || FILES.has(origin))) ? false : 'unknown';
}

/** The persisted value, if the server will read it. */
function persisted(settings: Settings, name: string): string | undefined {
  return settings.isOn('persisted_globals_load') ? settings.other('persisted', name) : undefined;
}

function originOf(settings: Settings, name: string): string {
  return settings.other('origin', name) ?? '';
}
