/**
 * A volume of its own for a server's data, which can be made to fail as volumes do: it is full, or it stalls. Made inside
 * a sandbox only, which removes it whatever happens, but for one thing: a stalled volume is held by the kernel until it
 * is let go, so a sandbox that is killed (SIGKILL) while one stalls leaves its loop device behind until the next boot.
 *
 * @module
 */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, fullSearchPath } from '../packages/find-on-path.ts';
import { runCommand } from '../packages/run-command.ts';

/** `small`: it can be filled. `stalling`: writes to it can be made to wait. */
export type VolumeKind = 'small' | 'stalling';

export interface Volume {
  /** From now on no write to it succeeds: there is no room, or it does not end. Reads go on. */
  fail(): Promise<void>;
  /** Lets writes go on. A second call does nothing. */
  mend(): Promise<void>;
  /** Takes it away with all that is on it. Nothing may run on it any more. */
  remove(): Promise<void>;
}

const COMMAND_TIMEOUT_MS = 10_000;
/** Room for a server's data, its logs and some minutes of a drill's writes. */
const MEGABYTES = 256;
const BLOCK_BYTES = 1 << 20;
/** Where the write that finds no room is tried again with less: the last bytes count. */
const SECTOR_BYTES = 512;

/** Puts a new volume at `directory`, which is made. */
export async function mountVolume(kind: VolumeKind, directory: string): Promise<Volume> {
  await mkdir(directory, { recursive: true });
  return kind === 'small' ? smallVolume(directory) : stallingVolume(directory);
}

async function smallVolume(directory: string): Promise<Volume> {
  await run('mount', '-t', 'tmpfs', '-o', `size=${MEGABYTES}m,mode=755`, 'lab', directory);
  const ballast = join(directory, 'ballast');
  return {
    fail: () => fill(ballast),
    mend: () => rm(ballast, { force: true }),
    remove: () => run('umount', directory),
  };
}

async function stallingVolume(directory: string): Promise<Volume> {
  const image = `${directory}.img`;
  const file = await open(image, 'w');
  await file.truncate(MEGABYTES * BLOCK_BYTES);
  await file.close();
  await run('mkfs.ext4', '-q', '-F', image);
  await run('mount', '-o', 'loop', image, directory);
  let stalls = false;
  const mend = async () => {
    if (!stalls) return;
    stalls = false;
    await run('fsfreeze', '--unfreeze', directory);
  };
  return {
    mend,
    async fail() {
      stalls = true;
      await run('fsfreeze', '--freeze', directory);
    },
    async remove() {
      await mend();
      await run('umount', directory);
      await rm(image, { force: true });
    },
  };
}

/** Writes until there is no room for a sector more. */
async function fill(file: string): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (let size = BLOCK_BYTES; size >= SECTOR_BYTES;) {
      const { bytesWritten } = await handle.write(Buffer.alloc(size)).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return { bytesWritten: 0 };
        throw error;
      });
      if (bytesWritten === 0) size /= 2;
    }
  } finally {
    await handle.close();
  }
}

async function run(program: string, ...args: readonly string[]): Promise<void> {
  const { status, stderr } = await runCommand(findOnPath(program) ?? program, args, {
    timeoutMs: COMMAND_TIMEOUT_MS,
    env: { ...process.env, PATH: fullSearchPath() },
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr.trim()}`);
}
