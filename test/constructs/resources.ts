/**
 * The resources of a template by type.
 *
 * @module
 */
import type { Template } from 'aws-cdk-lib/assertions';

export interface Resource {
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** In the order of the template. */
export function resources(template: Template, type: string): Resource[] {
  return Object.values(template.findResources(type)) as Resource[];
}

export function properties(template: Template, type: string): Record<string, unknown>[] {
  return resources(template, type).map((resource) => resource.Properties);
}
