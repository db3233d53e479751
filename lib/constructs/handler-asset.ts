/**
 * The code of the functions as Lambda gets it: one bundled module and the configuration it was synthesized with.
 *
 * @module
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AssetHashType, BundlingOutput, DockerImage, type ILocalBundling } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

import type { Config } from '../core/config.ts';

export type HandlerName = 'monitor' | 'database' | 'network' | 'fence';

/** Where this package keeps `<name>/index.ts`, each of which exports `handler`. */
export const HANDLERS_DIRECTORY = fileURLToPath(new URL('../../lambdas', import.meta.url));

/**
 * CommonJS packages (mysql2 among them) call `require`, which a bundled ES module lacks. The import has a name of its
 * own, as a bundled file may import `createRequire` too.
 */
const REQUIRE_BANNER =
  "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);";

export interface HandlerAssetOptions {
  readonly config: Config;
  readonly handlersDirectory?: string | undefined;
}

/**
 * The asset of a handler: `index.mjs`, to be run as `index.handler`, and `config.json`.
 *
 * Give the same `Code` to all functions that share a handler: it is bundled once. Nothing is bundled for a stack that
 * the command at hand does not deploy (context `aws:cdk:bundling-stacks`).
 */
export function handlerAsset(name: HandlerName, options: HandlerAssetOptions): Code {
  const directory = join(options.handlersDirectory ?? HANDLERS_DIRECTORY, name);
  return Code.fromAsset(directory, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never pulled: the local bundling succeeds or throws.
      image: DockerImage.fromRegistry('unused'),
      outputType: BundlingOutput.NOT_ARCHIVED,
      local: new HandlerBundling(directory, `${JSON.stringify(options.config, null, 2)}\n`),
    },
  });
}

/**
 * CDK remembers a bundle by the source directory and by the fields of this object. The configuration is one of them,
 * or two deployments of one app would get the same.
 */
class HandlerBundling implements ILocalBundling {
  private readonly directory: string;
  private readonly config: string;

  constructor(directory: string, config: string) {
    this.directory = directory;
    this.config = config;
  }

  tryBundle(outputDirectory: string): boolean {
    bundle(join(this.directory, 'index.ts'), join(outputDirectory, 'index.mjs'));
    writeFileSync(join(outputDirectory, 'config.json'), this.config);
    return true;
  }
}

/**
 * The SDK is bundled, so that what runs is what was tested. Node 20 is the target, below the functions' own runtime,
 * because whoever tries the handlers locally may have no newer one.
 *
 * @throws when the entry can't be bundled, with esbuild's own list of errors
 */
function bundle(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE_BANNER },
    legalComments: 'none',
    logLevel: 'silent',
  });
}
