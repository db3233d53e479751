/**
 * @module What an endpoint may or may not be able to do, tried for real: a claim names what it needs, never a vendor.
 *
 * A probe returns why the endpoint can't, or nothing when it can; what it throws is a reason as well.
 */
import { computeProbes } from './probes/compute.ts';
import { dataProbes } from './probes/data.ts';
import { networkProbes } from './probes/network.ts';
import { workflowProbes } from './probes/workflow.ts';
import type { Scene } from './scene.ts';

export interface Probe {
  /** What an endpoint does that has it, as a sentence. */
  readonly title: string;
  readonly lack: (scene: Scene) => Promise<string | undefined>;
}

export const CAPABILITIES = { ...networkProbes, ...computeProbes, ...dataProbes, ...workflowProbes } satisfies Record<
  string,
  Probe
>;

export type Capability = keyof typeof CAPABILITIES;

/** Tries everything. @returns for each capability that is lacking, why */
export async function probeAll(scene: Scene): Promise<ReadonlyMap<Capability, string>> {
  const names = Object.keys(CAPABILITIES) as Capability[];
  const tried = names.map(async (name) => {
    const why = await CAPABILITIES[name].lack(scene).catch(inWords);
    return why === undefined ? [] : [[name, why] as const];
  });
  return new Map((await Promise.all(tried)).flat());
}

/** An error of AWS by its code, one of this suite by its words alone. */
function inWords(error: unknown): string {
  return error instanceof Error && error.name === 'Error' ? error.message : String(error);
}
