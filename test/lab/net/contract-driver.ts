/**
 * Runs the network's contract inside a sandbox and writes one JSON line for each claim: `{claim, error?, tookMs}`.
 *
 * @module
 */
import { findTool } from '../../../lab/packages/find-tool.ts';
import { openNamespaceNetwork } from '../../../lab/net/namespaces.ts';
import { networkContract } from './lab-network-contract.ts';

async function main(): Promise<void> {
  const nft = await findTool('nft');
  for (const { claim, only, ...entry } of networkContract) {
    if (only !== undefined && only !== 'namespaces') continue;
    const startedAt = Date.now();
    const network = await openNamespaceNetwork(nft);
    const error = await entry.check(network).then(
      () => undefined,
      (cause: unknown) => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)),
    );
    await network.close();
    process.stdout.write(`${JSON.stringify({ claim, error, tookMs: Date.now() - startedAt })}\n`);
  }
}

await main();
