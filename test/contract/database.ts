/**
 * What every implementation of the Database port must do, shown on real servers with the very accounts and grants that
 * operators are told to create.
 *
 * @module
 */
import { describe } from 'vitest';
import { messageOf } from '../../lib/core/errors.ts';
import type { Engine } from '../../lab/packages/engine-build.ts';
import { findEngine } from '../../lab/packages/find-engine.ts';
import { connectionClaims } from './database-connection.ts';
import { demotionClaims } from './database-demotion.ts';
import { observationClaims } from './database-observation.ts';
import { promotionClaims } from './database-promotion.ts';
import { restartClaims } from './database-restart.ts';
import { tlsClaims } from './database-tls.ts';

/** Runs the suite on the engine's server, or skips it with the reason in its name. */
export async function databaseContract(engine: Engine): Promise<void> {
  const found = await findEngine(engine).catch((error: unknown) => messageOf(error));
  const [build, about] = typeof found === 'string' ? [undefined, `(SKIPPED: ${found})`] : [found, found.version];
  describe.skipIf(build === undefined)(`the database port on ${engine} ${about}`, () => {
    for (const claims of [
      connectionClaims,
      observationClaims,
      promotionClaims,
      demotionClaims,
      restartClaims,
      tlsClaims,
    ]) {
      claims(engine, build!);
    }
  });
}
