/**
 * Opens the best network that this process can have: namespaces inside a sandbox, the loopback switch elsewhere.
 *
 * @module
 */
import type { Program } from '../packages/program.ts';
import { openLoopbackNetwork } from './loopback.ts';
import { openNamespaceNetwork } from './namespaces.ts';
import type { LabNetwork } from './network.ts';
import { insideSandbox } from './sandbox.ts';

export interface OpenNetworkOptions {
  /** Default: `namespaces` inside a sandbox, `loopback` outside. */
  readonly kind?: LabNetwork['kind'];
  /** Programs that the network runs; a network of namespaces needs `nft` (see `findTool`). */
  readonly tools: { readonly nft?: Program };
}

/** @throws Error that says what a network of the kind that was asked for lacks */
export async function openNetwork({ kind, tools }: OpenNetworkOptions): Promise<LabNetwork> {
  const wanted = kind ?? (insideSandbox() ? 'namespaces' : 'loopback');
  if (wanted === 'loopback') return await openLoopbackNetwork();
  if (tools.nft === undefined) throw new Error('a network of namespaces needs nft; find it with findTool("nft")');
  return await openNamespaceNetwork(tools.nft);
}
