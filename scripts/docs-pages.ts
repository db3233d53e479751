/**
 * The pages of docs/ that are generated, so that they can't say anything but what the code does.
 *
 * @module
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';

import { configurationPage } from './configuration-page.ts';
import { costsPage } from './costs-page.ts';
import { detectionPage } from './detection-page.ts';
import { drillReportPage } from './drill-report-page.ts';
import { drillsPage } from './drills-page.ts';
import { eventsPage } from './events-page.ts';
import { rehearsalPage } from './rehearsal-page.ts';
import { workflowPage } from './workflow-page.ts';

export interface Page {
  /** Path from the root of the repository. */
  readonly file: string;
  /** Markdown; layout is left to the formatter. */
  readonly render: () => string;
}

/** Every generated page: to generate another, add a line. */
export const pages: readonly Page[] = [
  { file: 'docs/configuration.md', render: configurationPage },
  { file: 'docs/costs.md', render: costsPage },
  { file: 'docs/detection.md', render: detectionPage },
  { file: 'docs/drill-report.md', render: drillReportPage },
  { file: 'docs/drills.md', render: drillsPage },
  { file: 'docs/events.md', render: eventsPage },
  { file: 'docs/rehearsal.md', render: rehearsalPage },
  { file: 'docs/workflow.md', render: workflowPage },
];

/** Brings the page's file up to date. */
export async function writePage(page: Page): Promise<void> {
  await writeFile(pathOf(page), await formatted(page));
}

/** Whether the page's file says what it should. A missing file does not. */
export async function isUpToDate(page: Page): Promise<boolean> {
  const written = await readFile(pathOf(page), 'utf8').catch(() => null);
  return written === (await formatted(page));
}

async function formatted(page: Page): Promise<string> {
  const filepath = pathOf(page);
  return format(page.render(), { ...(await resolveConfig(filepath)), filepath });
}

function pathOf(page: Page): string {
  return fileURLToPath(new URL(`../${page.file}`, import.meta.url));
}
