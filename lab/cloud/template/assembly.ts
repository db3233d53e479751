/**
 * @module Reads what `cdk synth` writes.
 *
 * Guarantees: gives one stack's template, where its assets are unpacked, and the construct path behind each logical
 * id; a directory that is no cloud assembly is refused with the command that makes one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod';

const MANIFEST = z.object({
  artifacts: z.record(
    z.string(),
    z.object({
      type: z.string(),
      environment: z.string().optional(),
      properties: z.object({ templateFile: z.string().optional(), stackName: z.string().optional() }).optional(),
      additionalMetadataFile: z.string().optional(),
      metadata: z.unknown().optional(),
    }),
  ),
});

const METADATA = z.record(z.string(), z.array(z.object({ type: z.string(), data: z.unknown().optional() })));

const ASSETS = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string(), packaging: z.string() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

const TEMPLATE = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.unknown().optional(),
      DependsOn: z.union([z.string(), z.array(z.string())]).optional(),
      Condition: z.string().optional(),
    }),
  ),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown(), Condition: z.string().optional() })).default({}),
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() })).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
});

export type Template = z.infer<typeof TEMPLATE>;

export interface StackArtifact {
  readonly name: string;
  readonly template: Template;
  /** Absolute paths by the object key under which the template names an asset. */
  readonly assets: ReadonlyMap<string, string>;
  /** Construct path by logical id, such as `Stack/Failover/Table/Resource`. */
  readonly constructPaths: ReadonlyMap<string, string>;
}

/** @throws Error when the directory isn't an assembly, or `stackName` is needed to choose among several stacks */
export function readStack(assemblyDirectory: string, stackName?: string): StackArtifact {
  const directory = resolve(assemblyDirectory);
  if (!existsSync(join(directory, 'manifest.json'))) {
    throw new Error(`${directory} is not a cloud assembly: run "npx cdk synth --output ${directory}" first`);
  }
  const { artifacts } = MANIFEST.parse(readJson(directory, 'manifest.json'));
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const chosen = stacks.filter(([id, { properties }]) => !stackName || (properties?.stackName ?? id) === stackName);
  const [entry] = chosen;
  if (!entry || chosen.length > 1) {
    const names = stacks.map(([id]) => id).join(', ');
    throw new Error(`the assembly ${directory} has the stacks ${names}: choose one by stackName`);
  }
  const [id, artifact] = entry;
  return {
    name: artifact.properties?.stackName ?? id,
    template: TEMPLATE.parse(readJson(directory, artifact.properties?.templateFile ?? `${id}.template.json`)),
    assets: readAssets(directory, `${id}.assets.json`),
    constructPaths: readConstructPaths(
      artifact.additionalMetadataFile ? readJson(directory, artifact.additionalMetadataFile) : artifact.metadata,
    ),
  };
}

function readAssets(directory: string, file: string): ReadonlyMap<string, string> {
  if (!existsSync(join(directory, file))) return new Map();
  const { files } = ASSETS.parse(readJson(directory, file));
  return new Map(
    Object.values(files).flatMap(({ source, destinations }) =>
      Object.values(destinations).map(({ objectKey }) => [objectKey, resolve(directory, source.path)] as const),
    ),
  );
}

function readConstructPaths(metadata: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(METADATA.parse(metadata ?? {}));
  return new Map(
    entries.flatMap(([path, records]) =>
      records
        .filter(({ type }) => type === 'aws:cdk:logicalId')
        .map(({ data }) => [String(data), path.replace(/^\//, '')] as const),
    ),
  );
}

function readJson(directory: string, file: string): unknown {
  return JSON.parse(readFileSync(join(directory, file), 'utf8'));
}
