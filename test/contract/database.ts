/**
 * What every implementation of the Database port must do, shown on real servers with the very accounts and grants that
 * operators are told to create.
 *
 * @module
 */
import { describe } from 'vitest';
import type { Engine, EngineBuild } from '../../lab/packages/engine-build.ts';
import { findEngine } from '../../lab/packages/find-engine.ts';
import { connectionClaims } from './database-connection.ts';
import { demotionClaims } from './database-demotion.ts';
import { observationClaims } from './database-observation.ts';
import { promotionClaims } from './database-promotion.ts';

/** Runs the suite on the engine's server, or skips it with the reason in its name. */
export async function databaseContract(engine: Engine): Promise<void> {
  const found = await findEngine(engine).catch((error: unknown) => String(error));
  if (typeof found === 'string') {
    describe.skip(`the database port on ${engine} (SKIPPED: ${found})`, () => {});
    return;
  }
  describe(`the database port on ${engine} ${found.version}`, () => {
    for (const claims of [connectionClaims, observationClaims, promotionClaims, demotionClaims] satisfies Claims[]) {
      claims(found);
    }
  });
}

type Claims = (build: EngineBuild) => void;
