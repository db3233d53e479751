/**
 * Finds a tool that is written in Python: in a virtual environment of the cache, which is filled from the package index
 * that pip is set up for, when it is empty. Every package in it is pinned by python-requirements.txt.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOnce, cacheRoot, cacheState, type CacheState } from './cache-directory.ts';
import { findOnPath } from './find-on-path.ts';
import { PackageUnavailable } from './package-error.ts';
import type { Program } from './program.ts';
import { runCommand } from './run-command.ts';

/** The module that Python runs for each. */
const modules = { moto: 'moto.server', 'cfn-lint': 'cfnlint.runner.cli' } as const;

export type PythonTool = keyof typeof modules;

const requirementsFile = fileURLToPath(new URL('python-requirements.txt', import.meta.url));
const oldestPython = [3, 11] as const;
const versionTimeoutMs = 10_000;
const installTimeoutMs = 240_000;

/**
 * How to run a tool. The first caller waits until all of them are installed, about half a minute.
 *
 * @throws PackageUnavailable when there is no Python, or pip can't get the packages
 */
export async function findPythonTool(
  tool: PythonTool,
  { onProgress = () => {} }: { readonly onProgress?: (message: string) => void } = {},
): Promise<Program> {
  const python = await findPython();
  const directory = await environmentOf(python);
  const installInto = async (partial: string): Promise<void> => {
    onProgress(`installing ${Object.keys(modules).join(' and ')} for Python ${python.release}`);
    await install(python.command, partial);
  };
  await buildOnce(directory, installInto, onProgress);
  // By the module, not by its script in bin/, which names the directory that it was built in.
  return { command: path.join(directory, 'bin', 'python'), leadingArgs: ['-m', modules[tool]] };
}

/**
 * Whether these tools are in the cache, without installing them, and for which Python.
 *
 * @throws PackageUnavailable when there is no Python
 */
export async function lookForPythonTools(): Promise<{ readonly python: string; readonly state: CacheState }> {
  const python = await findPython();
  return { python: `Python ${python.release}`, state: cacheState(await environmentOf(python)) };
}

/** Packages are built for one release of Python: another release, or another pin, is another environment. */
async function environmentOf({ release }: { readonly release: string }): Promise<string> {
  const requirements = await readFile(requirementsFile, 'utf8');
  const pins = createHash('sha256').update(requirements).digest('hex').slice(0, 12);
  return path.join(cacheRoot(), 'python', `${release}-${process.arch}-${pins}`);
}

/** Whether tools written in Python can be had here at all, without installing any. */
export async function lookForPython(): Promise<{ readonly command: string; readonly release: string } | null> {
  return await findPython().catch(() => null);
}

async function findPython(): Promise<{ readonly command: string; readonly release: string }> {
  const command = findOnPath('python3');
  const [major, minor] = oldestPython;
  if (command === undefined) {
    throw new PackageUnavailable('no-python', `no python3 on PATH; install Python ${major}.${minor} or newer`);
  }
  const { stdout } = await runCommand(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    timeoutMs: versionTimeoutMs,
  });
  const release = stdout.trim();
  const [foundMajor = 0, foundMinor = 0] = release.split('.').map(Number);
  if (foundMajor !== major || foundMinor < minor) {
    throw new PackageUnavailable(
      'no-python',
      `${command} is Python ${release || 'of no release that it tells'}; install Python ${major}.${minor} or newer`,
    );
  }
  return { command, release };
}

async function install(python: string, directory: string): Promise<void> {
  const venv = await runCommand(python, ['-m', 'venv', directory], { timeoutMs: installTimeoutMs });
  if (venv.status !== 0) {
    throw new PackageUnavailable(
      'no-python',
      `${python} can't make a virtual environment: ${lastLine(venv.stdout + venv.stderr)}; install python3-venv`,
    );
  }
  const pip = await runCommand(
    path.join(directory, 'bin', 'python'),
    [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-compile',
      '--disable-pip-version-check',
      '--requirement',
      requirementsFile,
    ],
    { timeoutMs: installTimeoutMs },
  );
  if (pip.timedOut) {
    throw new PackageUnavailable('offline', `pip did not end within ${installTimeoutMs / 1_000} s; try again later`);
  }
  if (pip.status !== 0) {
    throw new PackageUnavailable(
      'offline',
      `pip can't install: ${lastLine(pip.stderr)}; look at what pip is set up for`,
    );
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
