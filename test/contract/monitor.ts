/**
 * What monitors make of real servers, over the real driver.
 *
 * @module
 */
import type { Engine } from '../../lab/packages/engine-build.ts';
import { badInputClaims } from './monitor-bad-input.ts';
import { hangClaims } from './monitor-hang.ts';
import { onEngine } from './one-server.ts';

/** Runs the claims on the engine's servers, or skips them with the reason in the name. */
export async function monitorContract(engine: Engine): Promise<void> {
  await onEngine(engine, 'monitors on', (build) => {
    badInputClaims(engine, build);
    hangClaims(engine, build);
  });
}
