/**
 * Access to what the configuration names: to each by its ARN, or to all that bears the tag of the configuration.
 *
 * @module
 */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';

import type { Config } from '../../core/config.ts';
import { inParts } from './in-parts.ts';

export interface Access {
  readonly sid: string;
  readonly actions: string[];
  /** Of the things that the configuration names. */
  readonly arns: readonly string[];
  /** Matches everything of their kind. */
  readonly anyArn: string;
}

export function accessTo({ resourceTag }: Config, { sid, actions, arns, anyArn }: Access): PolicyStatement[] {
  if (resourceTag === undefined) return inParts(sid, arns, (resources) => ({ actions, resources }));
  const { key, value } = resourceTag;
  const conditions = { StringEquals: { [`aws:ResourceTag/${key}`]: value } };
  return inParts(sid, [anyArn], (resources) => ({ actions, resources, conditions }));
}
