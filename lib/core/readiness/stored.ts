/**
 * Findings as functions hand them on and as the table keeps them, checked when they are read.
 *
 * @module
 */
import * as z from 'zod';
import type { Finding } from './finding.ts';
import { FINDINGS, type FindingCode } from './findings.ts';

const codes = Object.keys(FINDINGS) as [FindingCode, ...FindingCode[]];

const findingSchema = z.object({
  cluster: z.string(),
  subject: z.string(),
  code: z.enum(codes),
  severity: z.enum(['fails', 'degrades', 'unverifiable']),
  sentence: z.string(),
}) satisfies z.ZodType<Finding>;

export const findingsSchema = z.array(findingSchema);
