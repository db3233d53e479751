/**
 * Finds a command-line tool that the lab's network needs: on PATH, then in the cache of packages.
 *
 * @module
 */
import { findOnPath } from './find-on-path.ts';
import { PackageUnavailable } from './package-error.ts';
import { cachedRoot, packageRoot, packageSources, programIn } from './package-root.ts';
import { type Program, plainProgram } from './program.ts';

export type Tool = 'nft';

const tools: Readonly<Record<Tool, { package: string; program: string }>> = {
  nft: { package: 'nftables', program: 'usr/sbin/nft' },
};

/** How a tool stands on this machine, without fetching it. */
export type ToolSight =
  { readonly kind: 'here'; readonly program: Program } | { readonly kind: 'fetchable'; readonly from: string };

/** @throws PackageUnavailable as `findTool`, as far as it shows without asking a mirror */
export async function lookForTool(tool: Tool): Promise<ToolSight> {
  const installed = findOnPath(tool);
  if (installed !== undefined) return { kind: 'here', program: plainProgram(installed) };
  const { package: name, program } = tools[tool];
  return await withAdvice(tool, async () => {
    const set = { name, packages: [name] };
    const { directory, state } = await cachedRoot(set);
    if (state.kind === 'sound') return { kind: 'here', program: await programIn(directory, program) };
    const [source] = await packageSources(set);
    return { kind: 'fetchable', from: `${name} of ${source?.suite ?? 'no suite'} at ${source?.uri ?? 'no mirror'}` };
  });
}

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
  return await withAdvice(tool, async () => {
    const root = await packageRoot({ name, packages: [name] }, (message) => onProgress(`${name}: ${message}`));
    return await programIn(root, program);
  });
}

/** What can't be had is told with what the user can do instead. */
async function withAdvice<T>(tool: Tool, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof PackageUnavailable)) throw error;
    const advice = `install ${tools[tool].package}`;
    throw new PackageUnavailable(error.problem, `no ${tool} here: ${error.message}; ${advice}`, { cause: error });
  }
}
