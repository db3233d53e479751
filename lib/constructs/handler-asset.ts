/**
 * The code of the functions as Lambda gets it: one bundled module and the configuration it was synthesized with.
 *
 * @module
 */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AssetHashType, BundlingOutput, DockerImage, type ILocalBundling } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

import type { Config } from '../core/config.ts';

export const HANDLER_NAMES = ['monitor', 'database', 'network', 'fence'] as const;
export type HandlerName = (typeof HANDLER_NAMES)[number];

/** Where this package keeps `<name>/index.ts`, each of which exports `handler`. */
export const HANDLERS_DIRECTORY = fileURLToPath(new URL('../../lambdas', import.meta.url));

/**
 * CommonJS packages (mysql2 among them) call `require`, which a bundled ES module lacks. The import has a name of its
 * own, as a bundled file may import `createRequire` too.
 */
const REQUIRE_BANNER =
  "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);";

const BUNDLE = 'index.mjs';

export interface HandlerAssetOptions {
  readonly config: Config;
  /** Has `<name>/index.ts` of each handler, or `<name>/index.mjs` where it was bundled beforehand. */
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
    const bundled = join(this.directory, BUNDLE);
    if (existsSync(bundled)) copyFileSync(bundled, join(outputDirectory, BUNDLE));
    else bundleHandlers({ index: join(this.directory, 'index.ts') }, outputDirectory);
    writeFileSync(join(outputDirectory, 'config.json'), this.config);
    return true;
  }
}

/**
 * The SDK is bundled, so that what runs is what was tested. Node 20 is the target, below the functions' own runtime,
 * because whoever tries the handlers locally may have no newer one.
 *
 * @param entryPoints by the path of what is made of each in `outdir`, without `.mjs`
 * @throws when an entry can't be bundled, with esbuild's own list of errors
 */
export function bundleHandlers(entryPoints: Readonly<Record<string, string>>, outdir: string): void {
  buildSync({
    entryPoints: { ...entryPoints },
    outdir,
    outExtension: { '.js': '.mjs' },
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
