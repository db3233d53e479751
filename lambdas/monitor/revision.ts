/**
 * A name for a configuration: two that differ in anything have different names.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Config } from '../../lib/core/config.ts';

export function revisionOf(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 12);
}
