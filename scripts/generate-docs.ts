/**
 * Writes the generated pages of docs/. With `--check` it writes nothing, names the files that differ and exits with 1.
 *
 * @module
 */
import { isUpToDate, pages, writePage } from './docs-pages.ts';

const [option, ...more] = process.argv.slice(2);

if (option === undefined) {
  await Promise.all(pages.map(writePage));
} else if (option === '--check' && more.length === 0) {
  for (const page of pages) {
    if (await isUpToDate(page)) continue;
    console.error(`${page.file} differs from what the code says; write it anew by npx tsx scripts/generate-docs.ts`);
    process.exitCode = 1;
  }
} else {
  console.error(`received ${[option, ...more].join(' ')}; use --check, or nothing to write the pages`);
  process.exitCode = 1;
}
