/**
 * Finds a command-line tool that the lab's network needs: on PATH, then in the cache of packages.
 *
 * @module
 */
import { findOnPath } from './find-on-path.ts';
import { PackageUnavailable } from './package-error.ts';
import { packageRoot, programIn } from './package-root.ts';
import { type Program, plainProgram } from './program.ts';

export type Tool = 'nft';

const tools: Readonly<Record<Tool, { package: string; program: string }>> = {
  nft: { package: 'nftables', program: 'usr/sbin/nft' },
};

/**
 * Call it before entering a sandbox: a sandbox has no way out to a mirror.
 *
 * @throws PackageUnavailable when the tool is neither installed nor to be had
 */
export async function findTool(
  tool: Tool,
  { onProgress = () => {} }: { readonly onProgress?: (message: string) => void } = {},
): Promise<Program> {
  const installed = findOnPath(tool);
  if (installed !== undefined) return plainProgram(installed);
  const { package: name, program } = tools[tool];
  try {
    const root = await packageRoot({ name, packages: [name] }, (message) => onProgress(`${name}: ${message}`));
    return await programIn(root, program);
  } catch (error) {
    if (!(error instanceof PackageUnavailable)) throw error;
    throw new PackageUnavailable(error.problem, `no ${tool} here: ${error.message}; install ${name}`, { cause: error });
  }
}
