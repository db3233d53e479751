/**
 * Whether a scenario can be made here, and if not, what is missing.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import type { LabNetwork } from '../../net/network.ts';
import { findOnPath } from '../../packages/find-on-path.ts';
import type { Need, Scenario } from './scenario.ts';

/** What a drill would run on. */
export interface Here {
  readonly net: LabNetwork['kind'];
  readonly semiSync: 'required' | 'off';
}

/** A sentence for what keeps a scenario from being made, with the fix; null when nothing does. */
export function whatIsMissing({ needs }: Pick<Scenario, 'needs'>, here: Here): string | null {
  return needs.map((need) => MISSING[need](here)).find((missing) => missing !== null) ?? null;
}

const MISSING: Readonly<Record<Need, (here: Here) => string | null>> = {
  namespaces: ({ net }) =>
    net === 'namespaces'
      ? null
      : 'network namespaces, which the loopback switch can’t replace; run it on Linux with unshare, nsenter, setpriv and ip',
  'loop-device': () => {
    const tools = ['fsfreeze', 'mkfs.ext4', 'mount'].filter((name) => findOnPath(name) === undefined);
    if (tools.length > 0) return `${tools.join(', ')} to make a volume that stalls; install e2fsprogs and util-linux`;
    if (!isRootOfTheMachine()) return 'root of the machine, to mount and freeze a file system; run it with sudo';
    return existsSync('/dev/loop-control')
      ? null
      : 'loop devices (/dev/loop-control); run it where the kernel has them';
  },
  'semi-sync': ({ semiSync }) => (semiSync === 'required' ? null : 'semi-sync; leave out --semi-sync off'),
};

/** An ordinary user is root inside a sandbox too, but only its own ids are mapped there. */
function isRootOfTheMachine(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    return /^\s*0\s+0\s+4294967295\s*$/.test(readFileSync('/proc/self/uid_map', 'utf8'));
  } catch {
    return false;
  }
}
