/**
 * @module The archive that a function's code comes in.
 *
 * Guarantees: nothing is written outside the directory, and nothing at all for an archive that is too large or broken.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { unzipSync } from 'fflate';
import { AwsError } from '../wire/aws-error.ts';
import type { FunctionSpec } from './function.ts';

/** Lambda's own limits, in bytes. */
const MAX_ARCHIVE_BYTES = 52_428_800;
const MAX_UNPACKED_BYTES = 262_144_000;

/** @throws AwsError `InvalidParameterValueException`, `RequestEntityTooLargeException` */
export function unpack(zip: Buffer, directory: string): NonNullable<FunctionSpec['archive']> {
  if (zip.length > MAX_ARCHIVE_BYTES) {
    throw new AwsError('RequestEntityTooLargeException', `The archive has more than ${MAX_ARCHIVE_BYTES} bytes`, 413);
  }
  for (const [path, content] of Object.entries(filesIn(zip))) {
    const target = join(directory, path);
    if (path.endsWith('/')) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return { sha256: createHash('sha256').update(zip).digest('base64'), bytes: zip.length };
}

function filesIn(zip: Buffer): Readonly<Record<string, Uint8Array>> {
  let total = 0;
  try {
    return unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        total += originalSize;
        if (total > MAX_UNPACKED_BYTES) throw invalid(`Unzipped size must be smaller than ${MAX_UNPACKED_BYTES} bytes`);
        const path = normalize(name);
        if (path.startsWith(sep) || path.split(sep).includes('..')) {
          throw invalid(`The archive's file ${name} lies outside of it`);
        }
        return true;
      },
    });
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw invalid('Could not unzip uploaded file. Please check your file, then try to upload again.');
  }
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}
