/**
 * What a confirmed execution was about, by what was so at that instant: the one place where the truth is known.
 *
 * @module
 */
import type { Loss } from '../../lib/core/quorum.ts';
import type { Conditions } from './conditions.ts';
import { PRIMARY, type DeathKind } from './script.ts';

export type Found = DeathKind | 'restart' | 'partition';

export type Ending =
  /** Nothing was changed, and all is well again. */
  | { readonly kind: 'quiet' }
  /** A loss was found, so long after it came to be. */
  | { readonly kind: 'found'; readonly loss: Found; readonly detectMs: number }
  /** A primary that did its work was to be replaced. */
  | { readonly kind: 'false'; readonly atMs: number; readonly as: Loss }
  | { readonly kind: 'missed'; readonly death: DeathKind }
  /** A primary that was started again stayed closed: nobody remembers that it was open, and people were told. */
  | { readonly kind: 'left-closed' }
  /** The simulation itself went wrong. */
  | { readonly kind: 'broken'; readonly why: string };

export function judge(conditions: Conditions, atMs: number, as: Loss): Ending {
  if (conditions.primaryServes(atMs)) return { kind: 'false', atMs, as };
  const { death } = conditions.script;
  if (death !== null && death.atMs <= atMs) return { kind: 'found', loss: death.kind, detectMs: atMs - death.atMs };
  const restart = conditions.script.noise.find(
    (each) => each.kind === 'restart' && each.node === PRIMARY && each.fromMs <= atMs,
  );
  if (restart !== undefined) return { kind: 'found', loss: 'restart', detectMs: atMs - restart.fromMs };
  const partition = conditions.script.noise.find((each) => each.kind === 'partition' && each.fromMs <= atMs);
  return { kind: 'found', loss: 'partition', detectMs: atMs - (partition?.fromMs ?? atMs) };
}
