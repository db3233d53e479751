/**
 * What the lab and the process that synthesizes for it say to each other.
 *
 * @module
 */
import type { Config } from '../../../lib/core/config.ts';

export interface SynthesisRequest {
  readonly config: Config;
  /** Where the cloud assembly goes. */
  readonly outdir: string;
}

export type SynthesisAnswer =
  { readonly ok: true; readonly stackName: string } | { readonly ok: false; readonly error: string };
